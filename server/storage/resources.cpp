#include "storage/resources.hpp"

#include "storage/snapshot.hpp"

namespace orrery::storage {

namespace {

constexpr std::string_view kSchema[] = {R"sql(
CREATE TABLE resource (
  account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  arn TEXT NOT NULL, created INTEGER NOT NULL, document TEXT NOT NULL, hidden TEXT NOT NULL,
  PRIMARY KEY (account, region, service, kind, id)) WITHOUT ROWID;
CREATE INDEX resource_arn ON resource (arn) WHERE arn <> '';
CREATE TABLE tag (
  account TEXT NOT NULL, region TEXT NOT NULL, service TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (account, region, service, kind, id, key)) WITHOUT ROWID;
CREATE TABLE edge (
  account TEXT NOT NULL, region TEXT NOT NULL,
  from_service TEXT NOT NULL, from_kind TEXT NOT NULL, from_id TEXT NOT NULL, role TEXT NOT NULL,
  to_service TEXT NOT NULL, to_kind TEXT NOT NULL, to_id TEXT NOT NULL,
  PRIMARY KEY (account, region, from_service, from_kind, from_id, role, to_service, to_kind, to_id)) WITHOUT ROWID;
CREATE INDEX edge_to ON edge (account, region, to_service, to_kind, to_id);
)sql"};

Resource row_to_resource(const Rows& rows, std::string_view kind) {
  Resource out;
  out.kind = kind;
  out.id = rows.text(0);
  out.arn = rows.text(1);
  out.created = rows.integer(2);
  out.document = Json::parse(rows.text(3));
  if (const auto hidden = rows.text(4); hidden != "{}") out.hidden = Json::parse(hidden);
  return out;
}

struct Place {
  std::string_view account, region, service, kind, id;
};

std::optional<Resource> load_resource(Database& db, const Place& place) {
  auto rows = db.query(
      "SELECT id, arn, created, document, hidden FROM resource "
      "WHERE account = ? AND region = ? AND service = ? AND kind = ? AND id = ?",
      place.account, place.region, place.service, place.kind, place.id);
  if (!rows.next()) return std::nullopt;
  return row_to_resource(rows, place.kind);
}

Tags load_tags(Database& db, const Place& place) {
  Tags out;
  auto rows =
      db.query("SELECT key, value FROM tag WHERE account = ? AND region = ? AND service = ? AND kind = ? AND id = ?",
               place.account, place.region, place.service, place.kind, place.id);
  while (rows.next()) out.emplace(rows.text(0), rows.text(1));
  return out;
}

template <typename Value>
Value recall(ConfigurationCache<Value>& known, Transaction& transaction, const Place& place,
             Value (*load)(Database&, const Place&)) {
  std::string key;
  for (const auto part : {place.account, place.region, place.service, place.kind}) key.append(part).push_back('\0');
  key.append(place.id);
  return known.get(std::move(key), [&] { return load(transaction.db(), place); });
}

/// Runs a statement that changes what is cached.
template <typename... A>
std::int64_t change(Transaction& transaction, std::string_view sql, const A&... arguments) {
  configuration_changed();
  return transaction.db().execute(sql, arguments...);
}

std::vector<Edge> rows_to_edges(Rows rows) {
  std::vector<Edge> out;
  const auto text = [&](int column) { return std::string(rows.text(column)); };
  while (rows.next()) out.push_back({{text(0), text(1), text(2)}, text(3), {text(4), text(5), text(6)}});
  return out;
}

}  // namespace

const Migrations ResourceTable::migrations{"resource", kSchema};

ResourceTable::ResourceTable(Transaction& transaction, std::string account, std::string region, std::string service)
    : transaction_(transaction),
      account_(std::move(account)),
      region_(std::move(region)),
      service_(std::move(service)) {}

std::optional<Resource> ResourceTable::find(std::string_view kind, std::string_view id) const {
  thread_local ConfigurationCache<std::optional<Resource>> known;
  const Place place{account_, region_, service_, kind, id};
  return recall(known, transaction_, place, load_resource);
}

bool ResourceTable::exists(std::string_view kind, std::string_view id) const {
  return transaction_.db()
      .query("SELECT 1 FROM resource WHERE account = ? AND region = ? AND service = ? AND kind = ? AND id = ?",
             account_, region_, service_, kind, id)
      .next();
}

void ResourceTable::put(const Resource& resource) {
  change(transaction_,
         "INSERT INTO resource (account, region, service, kind, id, arn, created, document, hidden) "
         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, region, service, kind, id) "
         "DO UPDATE SET arn = excluded.arn, document = excluded.document, hidden = excluded.hidden",
         account_, region_, service_, resource.kind, resource.id, resource.arn, resource.created,
         resource.document.dump(), resource.hidden.dump());
}

bool ResourceTable::erase(std::string_view kind, std::string_view id) {
  untag_all(kind, id);
  unlink(kind, id, "");
  return change(transaction_,
                "DELETE FROM resource WHERE account = ? AND region = ? AND service = ? AND kind = ? AND id = ?",
                account_, region_, service_, kind, id) > 0;
}

std::vector<Resource> ResourceTable::list(std::string_view kind) const { return list(kind, "", ~std::size_t{0} >> 1); }

std::vector<Resource> ResourceTable::list(std::string_view kind, std::string_view after, std::size_t limit) const {
  std::vector<Resource> out;
  auto rows = transaction_.db().query(
      "SELECT id, arn, created, document, hidden FROM resource "
      "WHERE account = ? AND region = ? AND service = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
      account_, region_, service_, kind, after, limit);
  while (rows.next()) out.push_back(row_to_resource(rows, kind));
  return out;
}

std::int64_t ResourceTable::count(std::string_view kind) const {
  auto rows = transaction_.db().query(
      "SELECT count(*) FROM resource WHERE account = ? AND region = ? AND service = ? AND kind = ?", account_, region_,
      service_, kind);
  rows.next();
  return rows.integer(0);
}

Tags ResourceTable::tags(std::string_view kind, std::string_view id) const {
  thread_local ConfigurationCache<Tags> known;
  const Place place{account_, region_, service_, kind, id};
  return recall(known, transaction_, place, load_tags);
}

std::map<std::string, Tags> ResourceTable::tags(std::string_view kind) const {
  std::map<std::string, Tags> out;
  auto rows = transaction_.db().query(
      "SELECT id, key, value FROM tag WHERE account = ? AND region = ? AND service = ? AND kind = ?", account_, region_,
      service_, kind);
  while (rows.next()) out[std::string(rows.text(0))].emplace(rows.text(1), rows.text(2));
  return out;
}

void ResourceTable::tag(std::string_view kind, std::string_view id, const Tags& tags) {
  for (const auto& [key, value] : tags) {
    change(transaction_,
           "INSERT OR REPLACE INTO tag (account, region, service, kind, id, key, value) VALUES (?, ?, ?, ?, ?, ?, ?)",
           account_, region_, service_, kind, id, key, value);
  }
}

void ResourceTable::untag(std::string_view kind, std::string_view id, std::string_view key) {
  change(transaction_,
         "DELETE FROM tag WHERE account = ? AND region = ? AND service = ? AND kind = ? AND id = ? AND key = ?",
         account_, region_, service_, kind, id, key);
}

void ResourceTable::untag_all(std::string_view kind, std::string_view id) {
  change(transaction_, "DELETE FROM tag WHERE account = ? AND region = ? AND service = ? AND kind = ? AND id = ?",
         account_, region_, service_, kind, id);
}

void ResourceTable::link(std::string_view kind, std::string_view id, std::string_view role, const Target& to) {
  transaction_.db().execute(
      "INSERT OR IGNORE INTO edge (account, region, from_service, from_kind, from_id, role, to_service, to_kind, "
      "to_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      account_, region_, service_, kind, id, role, to.service, to.kind, to.id);
}

void ResourceTable::unlink(std::string_view kind, std::string_view id, std::string_view role, const Target& to) {
  transaction_.db().execute(
      "DELETE FROM edge WHERE account = ? AND region = ? AND from_service = ? AND from_kind = ? AND from_id = ? "
      "AND role = ? AND to_service = ? AND to_kind = ? AND to_id = ?",
      account_, region_, service_, kind, id, role, to.service, to.kind, to.id);
}

void ResourceTable::unlink(std::string_view kind, std::string_view id, std::string_view role) {
  transaction_.db().execute(
      "DELETE FROM edge WHERE account = ? AND region = ? AND from_service = ? AND from_kind = ? AND from_id = ? "
      "AND (?6 = '' OR role = ?6)",
      account_, region_, service_, kind, id, role);
}

std::vector<Edge> ResourceTable::links_from(std::string_view kind, std::string_view id) const {
  return rows_to_edges(
      transaction_.db().query("SELECT from_service, from_kind, from_id, role, to_service, to_kind, to_id FROM edge "
                              "WHERE account = ? AND region = ? AND from_service = ? AND from_kind = ? AND from_id = ?",
                              account_, region_, service_, kind, id));
}

std::vector<Edge> ResourceTable::links_to(std::string_view kind, std::string_view id) const {
  return rows_to_edges(
      transaction_.db().query("SELECT from_service, from_kind, from_id, role, to_service, to_kind, to_id FROM edge "
                              "WHERE account = ? AND region = ? AND to_service = ? AND to_kind = ? AND to_id = ?",
                              account_, region_, service_, kind, id));
}

std::optional<Location> find_by_arn(Transaction& transaction, std::string_view arn) {
  auto rows = transaction.db().query(
      "SELECT account, region, service, kind, id FROM resource WHERE arn = ? AND arn <> ''", arn);
  if (!rows.next()) return std::nullopt;
  const auto text = [&](int column) { return std::string(rows.text(column)); };
  return Location{text(0), text(1), text(2), text(3), text(4)};
}

std::vector<Location> locations(Transaction& transaction, std::string_view service, std::string_view kind) {
  std::vector<Location> out;
  auto rows =
      transaction.db().query("SELECT account, region, id FROM resource WHERE service = ? AND kind = ?", service, kind);
  while (rows.next()) {
    out.push_back({std::string(rows.text(0)), std::string(rows.text(1)), std::string(service), std::string(kind),
                   std::string(rows.text(2))});
  }
  return out;
}

}  // namespace orrery::storage
