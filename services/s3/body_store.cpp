// The part of ObjectStore that keeps bytes: bodies, their references and files, and the parts of uploads.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>

#include "aws/ids.hpp"
#include "services/s3/body_hold.hpp"
#include "services/s3/object_store.hpp"
#include "storage/snapshot.hpp"

namespace orrery::s3 {

namespace {

/// From a row that is read to its file that is opened or held it is no more than a moment. Memory of the page cache
/// that is soon free again is at hand for what is written next.
constexpr aws::Millis kFileOutlivesReferences = 1000;
constexpr aws::Millis kAnswersKept = 86'400'000;
constexpr auto kYoung = std::chrono::hours(1);
/// Nobody else writes in this data directory: an unknown file of before is an earlier process's.
const auto kStarted = std::filesystem::file_time_type::clock::now();

std::filesystem::path object_file(const std::string& data_dir, const std::string& name) {
  return std::filesystem::path(data_dir) / "s3" / "objects" / name.substr(0, 2) / name;
}

Upload upload_of(const storage::Rows& rows) {
  return {std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2)),
          rows.integer(3),           Json::parse(rows.text(4)), Json::parse(rows.text(5))};
}

}  // namespace

std::string ObjectStore::temporary_file(const std::string& data_dir) {
  const auto folder = std::filesystem::path(data_dir) / "s3" / "tmp";
  std::filesystem::create_directories(folder);
  return (folder / aws::random_hex(32)).string();
}

std::string ObjectStore::master_key() const {
  auto& db = transaction_.db();
  thread_local storage::ConfigurationCache<std::string> known;  // each read and write of an object asks
  const std::string& present = known.get("", [&] {
    auto rows = db.query("SELECT material FROM s3_master_key");
    return rows.next() ? std::string(rows.blob(0)) : std::string();
  });
  if (!present.empty()) return present;
  storage::configuration_changed();
  const std::string material = aws::random_bytes(32);
  db.execute("INSERT INTO s3_master_key (id, material) VALUES (1, ?)", storage::Blob{material});
  return material;
}

std::int64_t ObjectStore::add_body(NewBody&& body) {
  auto& db = transaction_.db();
  if (body.file.empty()) {
    db.execute("INSERT INTO s3_body (size, refs, data) VALUES (?, 0, ?)", body.size, storage::Blob{body.data});
  } else {
    const std::string name = std::filesystem::path(body.file).filename().string();
    const auto target = object_file(data_dir_, name);
    std::filesystem::create_directories(target.parent_path());
    std::filesystem::rename(body.file, target);
    transaction_.on_rollback([target] {
      std::error_code ignored;
      std::filesystem::remove(target, ignored);
    });
    db.execute("INSERT INTO s3_body (size, refs, file) VALUES (?, 0, ?)", body.size, name);
  }
  auto rows = db.query("SELECT last_insert_rowid()");
  rows.next();
  return rows.integer(0);
}

std::optional<StoredBody> ObjectStore::body(std::int64_t id) const {
  auto rows = transaction_.db().query("SELECT size, file, data FROM s3_body WHERE id = ?", id);
  if (!rows.next()) return std::nullopt;
  StoredBody out;
  out.size = static_cast<std::uint64_t>(rows.integer(0));
  if (rows.null(1)) {
    out.data = rows.blob(2);
  } else {
    out.file = object_file(data_dir_, std::string(rows.text(1))).string();
  }
  return out;
}

void ObjectStore::refer(const std::vector<Segment>& segments) {
  for (const auto& segment : segments) {
    transaction_.db().execute("UPDATE s3_body SET refs = refs + 1, freed = NULL WHERE id = ?", segment.body);
  }
}

void ObjectStore::release(const std::vector<Segment>& segments) {
  auto& db = transaction_.db();
  for (const auto& segment : segments) {
    db.execute("UPDATE s3_body SET refs = refs - 1 WHERE id = ?", segment.body);
    db.execute("DELETE FROM s3_body WHERE id = ? AND refs <= 0 AND file IS NULL", segment.body);
    // Real time, not the injected clock: the delay is for readers of this process.
    db.execute("UPDATE s3_body SET freed = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE id = ? AND refs <= 0",
               segment.body);
  }
}

void ObjectStore::collect(aws::Millis now) {
  // The pages of a large file are freed in milliseconds: not on the writer's thread, where all of this runs.
  static std::future<void> removal;
  if (removal.valid() && removal.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
  auto& db = transaction_.db();
  std::vector<std::pair<std::int64_t, std::string>> garbage;
  {
    auto rows = db.query("SELECT id, file FROM s3_body WHERE freed IS NOT NULL AND freed < ? LIMIT 1000",
                         now - kFileOutlivesReferences);
    while (rows.next()) {
      if (!BodyHold::on(rows.integer(0))) garbage.emplace_back(rows.integer(0), std::string(rows.text(1)));
    }
  }
  if (garbage.empty()) return;
  std::vector<std::filesystem::path> files;
  for (const auto& [id, name] : garbage) {
    db.execute("DELETE FROM s3_body WHERE id = ?", id);
    files.push_back(object_file(data_dir_, name));
  }
  transaction_.on_commit([files = std::move(files)]() mutable {
    removal = std::async(std::launch::async, [files = std::move(files)] {
      std::error_code ignored;
      for (const auto& file : files) std::filesystem::remove(file, ignored);
    });
  });
}

void ObjectStore::sweep(std::uint64_t turn) {
  const auto root = std::filesystem::path(data_dir_) / "s3";
  const std::string shard = aws::hex(std::string(1, static_cast<char>(turn % 256)));
  const auto oldest = std::max(std::filesystem::file_time_type::clock::now() - kYoung, kStarted);
  const auto sweep_folder = [&](const std::filesystem::path& folder, const auto& is_known) {
    std::error_code error;
    for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      std::error_code ignored;
      const auto written = it->last_write_time(ignored);
      if (ignored || written > oldest || is_known(it->path().filename().string())) continue;
      std::filesystem::remove(it->path(), ignored);
    }
  };
  sweep_folder(root / "objects" / shard, [&](const std::string& name) {
    return transaction_.db().query("SELECT 1 FROM s3_body WHERE file = ?", name).next();
  });
  if (turn % 256 == 0) sweep_folder(root / "tmp", [](const std::string&) { return false; });
}

void ObjectStore::create_upload(const Upload& upload) {
  transaction_.db().execute(
      "INSERT INTO s3_upload (bucket, key, initiated, id, document, hidden) VALUES (?, ?, ?, ?, ?, ?)", upload.bucket,
      upload.key, upload.initiated, upload.id, upload.document.dump(-1, ' ', false, Json::error_handler_t::replace),
      upload.hidden.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<Upload> ObjectStore::upload(std::string_view bucket, std::string_view key, std::string_view id) const {
  auto rows = transaction_.db().query(
      "SELECT bucket, key, id, initiated, document, hidden FROM s3_upload WHERE bucket = ? AND key = ? AND id = ?",
      bucket, key, id);
  if (!rows.next()) return std::nullopt;
  return upload_of(rows);
}

std::vector<Upload> ObjectStore::uploads(std::string_view bucket, std::string_view from_key) const {
  std::vector<Upload> out;
  auto rows = transaction_.db().query(
      "SELECT bucket, key, id, initiated, document, hidden FROM s3_upload WHERE bucket = ? AND key >= ? "
      "ORDER BY key, initiated, id",
      bucket, from_key);
  while (rows.next()) out.push_back(upload_of(rows));
  return out;
}

void ObjectStore::put_part(std::string_view upload, const Part& part) {
  auto& db = transaction_.db();
  refer(part.segments);
  std::vector<Segment> replaced;
  {
    auto rows = db.query("SELECT segments FROM s3_part WHERE upload = ? AND number = ?", upload, part.number);
    if (rows.next()) replaced = parse_segments(rows.text(0));
  }
  release(replaced);
  db.execute(
      "INSERT OR REPLACE INTO s3_part (upload, number, size, etag, modified, checksums, segments) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      upload, part.number, part.size, part.etag, part.modified, part.checksums.dump(), segments_text(part.segments));
}

std::vector<Part> ObjectStore::parts(std::string_view upload) const {
  std::vector<Part> out;
  auto rows = transaction_.db().query(
      "SELECT number, size, etag, modified, checksums, segments FROM s3_part WHERE upload = ? ORDER BY number", upload);
  while (rows.next()) {
    Part part;
    part.number = static_cast<int>(rows.integer(0));
    part.size = static_cast<std::uint64_t>(rows.integer(1));
    part.etag = rows.text(2);
    part.modified = rows.integer(3);
    part.checksums = Json::parse(rows.text(4));
    part.segments = parse_segments(rows.text(5));
    out.push_back(std::move(part));
  }
  return out;
}

void ObjectStore::keep_answer(const Upload& upload, aws::Millis now, const Json& answer) {
  auto& db = transaction_.db();
  db.execute("DELETE FROM s3_completed WHERE finished < ?", now - kAnswersKept);
  db.execute("INSERT OR REPLACE INTO s3_completed (upload, bucket, key, finished, answer) VALUES (?, ?, ?, ?, ?)",
             upload.id, upload.bucket, upload.key, now, answer.dump());
}

std::optional<Json> ObjectStore::answer_of(std::string_view bucket, std::string_view key,
                                           std::string_view upload) const {
  auto rows = transaction_.db().query("SELECT answer FROM s3_completed WHERE upload = ? AND bucket = ? AND key = ?",
                                      upload, bucket, key);
  if (!rows.next()) return std::nullopt;
  return Json::parse(rows.text(0));
}

void ObjectStore::erase_upload(const Upload& upload) {
  for (const auto& part : parts(upload.id)) release(part.segments);
  transaction_.db().execute("DELETE FROM s3_part WHERE upload = ?", upload.id);
  transaction_.db().execute("DELETE FROM s3_upload WHERE bucket = ? AND key = ? AND initiated = ? AND id = ?",
                            upload.bucket, upload.key, upload.initiated, upload.id);
}

}  // namespace orrery::s3
