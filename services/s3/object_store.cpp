#include "services/s3/object_store.hpp"

#include "aws/ids.hpp"
#include "services/s3/versioning.hpp"
#include "storage/snapshot.hpp"

namespace orrery::s3 {

namespace {

constexpr std::string_view kSchema[] = {R"sql(
CREATE TABLE s3_bucket (
  name TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, created INTEGER NOT NULL,
  versioning INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE s3_bucket_config (
  bucket TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (bucket, kind, id)) WITHOUT ROWID;
CREATE TABLE s3_version (
  bucket TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, latest INTEGER NOT NULL,
  delete_marker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL,
  document TEXT NOT NULL, hidden TEXT NOT NULL, segments TEXT NOT NULL,
  PRIMARY KEY (bucket, key, seq DESC)) WITHOUT ROWID;
CREATE INDEX s3_version_current ON s3_version (bucket, key) WHERE latest = 1 AND delete_marker = 0;
CREATE TABLE s3_body (
  id INTEGER PRIMARY KEY, size INTEGER NOT NULL, refs INTEGER NOT NULL, freed INTEGER, file TEXT, data BLOB);
CREATE INDEX s3_body_freed ON s3_body (freed) WHERE freed IS NOT NULL;
CREATE TABLE s3_upload (
  bucket TEXT NOT NULL, key TEXT NOT NULL, initiated INTEGER NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
  hidden TEXT NOT NULL, PRIMARY KEY (bucket, key, initiated, id)) WITHOUT ROWID;
CREATE TABLE s3_part (
  upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified INTEGER NOT NULL, checksums TEXT NOT NULL, segments TEXT NOT NULL,
  PRIMARY KEY (upload, number)) WITHOUT ROWID;
)sql",
                                        "CREATE UNIQUE INDEX s3_body_file ON s3_body (file) WHERE file IS NOT NULL;",
                                        R"sql(
CREATE TABLE s3_master_key (id INTEGER PRIMARY KEY, material BLOB NOT NULL);
CREATE TABLE s3_completed (
  upload TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, finished INTEGER NOT NULL, answer TEXT NOT NULL)
  WITHOUT ROWID;
)sql"};

// Metadata may hold bytes that are no UTF-8 (header values are latin-1 on the wire).
std::string dump(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

Bucket bucket_of(const storage::Rows& rows) {
  return {std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)), rows.integer(3),
          static_cast<Versioning>(rows.integer(4))};
}

/// So many rows a query of a walk: a page is answered by one.
constexpr std::size_t kAtOnce = 1100;
constexpr std::string_view kLatest =
    "SELECT bucket, key, id, seq, latest, delete_marker, size, etag, modified, document, hidden, segments "
    "FROM s3_version WHERE bucket = ? AND key = ? ORDER BY seq DESC LIMIT 1";
constexpr std::string_view kOfKey =
    "SELECT bucket, key, id, seq, latest, delete_marker, size, etag, modified, document, hidden, segments "
    "FROM s3_version WHERE bucket = ? AND key = ? ORDER BY seq DESC";
constexpr std::string_view kVersion =
    "SELECT bucket, key, id, seq, latest, delete_marker, size, etag, modified, document, hidden, segments "
    "FROM s3_version WHERE bucket = ? AND key = ? AND id = ?";
constexpr std::string_view kCurrent =
    "SELECT key, id, seq, latest, delete_marker, size, etag, modified, document "
    "FROM s3_version WHERE bucket = ? AND key >= ? AND latest = 1 AND delete_marker = 0 ORDER BY key LIMIT 1100";
constexpr std::string_view kVersions =
    "SELECT key, id, seq, latest, delete_marker, size, etag, modified, document "
    "FROM s3_version WHERE bucket = ? AND key >= ? AND (key > ? OR seq < ?) ORDER BY key, seq DESC LIMIT 1100";

VersionRow row_of(const storage::Rows& rows) {
  return {rows.text(0),         rows.text(1),         rows.integer(2),
          rows.integer(3) != 0, rows.integer(4) != 0, static_cast<std::uint64_t>(rows.integer(5)),
          rows.text(6),         rows.integer(7),      rows.text(8)};
}

Version version_of(const storage::Rows& rows) {
  Version out;
  out.bucket = rows.text(0);
  out.key = rows.text(1);
  out.id = rows.text(2);
  out.seq = rows.integer(3);
  out.latest = rows.integer(4) != 0;
  out.delete_marker = rows.integer(5) != 0;
  out.size = static_cast<std::uint64_t>(rows.integer(6));
  out.etag = rows.text(7);
  out.modified = rows.integer(8);
  out.document = Json::parse(rows.text(9));
  out.hidden = Json::parse(rows.text(10));
  out.segments = parse_segments(rows.text(11));
  return out;
}

}  // namespace

std::string segments_text(const std::vector<Segment>& segments) {
  Json out = Json::array();
  for (const auto& segment : segments) {
    out.push_back({segment.body, segment.offset, segment.length});
    if (!segment.key.empty()) out.back().push_back(segment.key);
  }
  return out.dump();
}

std::vector<Segment> parse_segments(std::string_view text) {
  std::vector<Segment> out;
  for (const auto& row : Json::parse(text)) {
    out.push_back({row[0].get<std::int64_t>(), row[1].get<std::uint64_t>(), row[2].get<std::uint64_t>(),
                   row.size() > 3 ? row[3].get<std::string>() : ""});
  }
  return out;
}

const storage::Migrations ObjectStore::migrations{"s3", kSchema};

std::optional<Bucket> ObjectStore::bucket(std::string_view name) const {
  thread_local storage::ConfigurationCache<std::optional<Bucket>> known;  // each request asks
  return known.get(std::string(name), [&]() -> std::optional<Bucket> {
    auto rows = transaction_.db().query(
        "SELECT name, account, region, created, versioning FROM s3_bucket WHERE name = ?", name);
    if (!rows.next()) return std::nullopt;
    return bucket_of(rows);
  });
}

std::vector<std::pair<std::string, std::string>> ObjectStore::places(storage::Transaction& transaction) {
  std::vector<std::pair<std::string, std::string>> out;
  auto rows = transaction.db().query("SELECT DISTINCT account, region FROM s3_bucket");
  while (rows.next()) out.emplace_back(rows.text(0), rows.text(1));
  return out;
}

std::vector<Bucket> ObjectStore::buckets(std::string_view account) const {
  std::vector<Bucket> out;
  auto rows = transaction_.db().query(
      "SELECT name, account, region, created, versioning FROM s3_bucket WHERE account = ? ORDER BY name", account);
  while (rows.next()) out.push_back(bucket_of(rows));
  return out;
}

void ObjectStore::create_bucket(const Bucket& bucket) {
  storage::configuration_changed();
  transaction_.db().execute("INSERT INTO s3_bucket (name, account, region, created, versioning) VALUES (?, ?, ?, ?, ?)",
                            bucket.name, bucket.account, bucket.region, bucket.created,
                            static_cast<int>(bucket.versioning));
}

void ObjectStore::set_versioning(std::string_view name, Versioning versioning) {
  storage::configuration_changed();
  transaction_.db().execute("UPDATE s3_bucket SET versioning = ? WHERE name = ?", static_cast<int>(versioning), name);
}

void ObjectStore::erase_bucket(std::string_view name) {
  storage::configuration_changed();
  for (const auto& upload : uploads(name, "")) erase_upload(upload);
  transaction_.db().execute("DELETE FROM s3_completed WHERE bucket = ?", name);
  transaction_.db().execute("DELETE FROM s3_bucket_config WHERE bucket = ?", name);
  transaction_.db().execute("DELETE FROM s3_bucket WHERE name = ?", name);
}

bool ObjectStore::holds_versions(std::string_view bucket) const {
  return transaction_.db().query("SELECT 1 FROM s3_version WHERE bucket = ? LIMIT 1", bucket).next();
}

std::optional<Json> ObjectStore::config(std::string_view bucket, std::string_view kind, std::string_view id) const {
  thread_local storage::ConfigurationCache<std::optional<Json>, 256> known;  // each request asks for several
  std::string place(bucket);
  place.append("/").append(kind).append("/").append(id);
  return known.get(std::move(place), [&]() -> std::optional<Json> {
    auto rows = transaction_.db().query(
        "SELECT document FROM s3_bucket_config WHERE bucket = ? AND kind = ? AND id = ?", bucket, kind, id);
    if (!rows.next()) return std::nullopt;
    return std::optional<Json>(Json::parse(rows.text(0)));
  });
}

std::vector<Json> ObjectStore::configs(std::string_view bucket, std::string_view kind) const {
  std::vector<Json> out;
  auto rows = transaction_.db().query("SELECT document FROM s3_bucket_config WHERE bucket = ? AND kind = ? ORDER BY id",
                                      bucket, kind);
  while (rows.next()) out.push_back(Json::parse(rows.text(0)));
  return out;
}

std::vector<std::string> ObjectStore::buckets_with(std::string_view kind) const {
  std::vector<std::string> out;
  auto rows = transaction_.db().query("SELECT DISTINCT bucket FROM s3_bucket_config WHERE kind = ?", kind);
  while (rows.next()) out.emplace_back(rows.text(0));
  return out;
}

void ObjectStore::put_config(std::string_view bucket, std::string_view kind, std::string_view id,
                             const Json& document) {
  storage::configuration_changed();
  transaction_.db().execute("INSERT OR REPLACE INTO s3_bucket_config (bucket, kind, id, document) VALUES (?, ?, ?, ?)",
                            bucket, kind, id, dump(document));
}

bool ObjectStore::erase_config(std::string_view bucket, std::string_view kind, std::string_view id) {
  storage::configuration_changed();
  return transaction_.db().execute("DELETE FROM s3_bucket_config WHERE bucket = ? AND kind = ? AND id = ?", bucket,
                                   kind, id) > 0;
}

std::optional<Version> ObjectStore::latest(std::string_view bucket, std::string_view key) const {
  auto rows = transaction_.db().query(kLatest, bucket, key);
  if (!rows.next()) return std::nullopt;
  return version_of(rows);
}

std::optional<Version> ObjectStore::version(std::string_view bucket, std::string_view key, std::string_view id) const {
  auto rows = transaction_.db().query(kVersion, bucket, key, id);
  if (!rows.next()) return std::nullopt;
  return version_of(rows);
}

std::vector<Version> ObjectStore::versions_of(std::string_view bucket, std::string_view key) const {
  std::vector<Version> out;
  auto rows = transaction_.db().query(kOfKey, bucket, key);
  while (rows.next()) out.push_back(version_of(rows));
  return out;
}

void ObjectStore::insert(Version& version, Versioning versioning) {
  insert_as(version, versioning == Versioning::enabled ? new_version_id() : "null");
}

void ObjectStore::insert_as(Version& version, std::string id) {
  version.id = std::move(id);
  refer(version.segments);
  if (version.id == "null") {
    if (const auto replaced = this->version(version.bucket, version.key, "null")) erase_row(*replaced);
  }
  const auto newest = latest(version.bucket, version.key);
  version.seq = newest ? newest->seq + 1 : 1;
  version.latest = true;
  transaction_.db().execute("UPDATE s3_version SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1",
                            version.bucket, version.key);
  transaction_.db().execute(
      "INSERT INTO s3_version (bucket, key, seq, id, latest, delete_marker, size, etag, modified, document, hidden, "
      "segments) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
      version.bucket, version.key, version.seq, version.id, version.delete_marker ? 1 : 0, version.size, version.etag,
      version.modified, dump(version.document), dump(version.hidden), segments_text(version.segments));
}

void ObjectStore::update(const Version& version) {
  transaction_.db().execute("UPDATE s3_version SET document = ?, hidden = ? WHERE bucket = ? AND key = ? AND seq = ?",
                            dump(version.document), dump(version.hidden), version.bucket, version.key, version.seq);
}

void ObjectStore::erase_row(const Version& version) {
  release(version.segments);
  transaction_.db().execute("DELETE FROM s3_version WHERE bucket = ? AND key = ? AND seq = ?", version.bucket,
                            version.key, version.seq);
}

void ObjectStore::erase(const Version& version) {
  erase_row(version);
  if (!version.latest) return;
  if (const auto next = latest(version.bucket, version.key)) {
    transaction_.db().execute("UPDATE s3_version SET latest = 1 WHERE bucket = ? AND key = ? AND seq = ?", next->bucket,
                              next->key, next->seq);
  }
}

void ObjectStore::walk_current(std::string_view bucket, std::string_view from,
                               const std::function<bool(const VersionRow&)>& visit) {
  std::string start(from);
  for (;;) {
    std::size_t seen = 0;
    std::string last;
    auto rows = transaction_.db().query(kCurrent, bucket, start);
    while (rows.next()) {
      ++seen;
      const VersionRow row = row_of(rows);
      if (!visit(row)) return;
      if (seen == kAtOnce) last = row.key;
    }
    if (seen < kAtOnce) return;
    start = last + '\0';
  }
}

void ObjectStore::walk_versions(std::string_view bucket, std::string_view from, std::int64_t below_seq,
                                const std::function<bool(const VersionRow&)>& visit) {
  std::string start(from);
  for (;;) {
    std::size_t seen = 0;
    auto rows = transaction_.db().query(kVersions, bucket, start, start, below_seq);
    std::string last;
    std::int64_t seq = 0;
    while (rows.next()) {
      ++seen;
      const VersionRow row = row_of(rows);
      if (!visit(row)) return;
      if (seen < kAtOnce) continue;
      last = row.key;
      seq = row.seq;
    }
    if (seen < kAtOnce) return;
    start = last;
    below_seq = seq;
  }
}

}  // namespace orrery::s3
