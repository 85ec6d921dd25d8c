#include "services/dynamodb/item_store.hpp"

#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

using storage::Blob;

constexpr std::string_view kSchema[] = {R"sql(
CREATE TABLE dynamodb_usage (id INTEGER PRIMARY KEY, items INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0);
CREATE TABLE dynamodb_item (table_id INTEGER NOT NULL, hash BLOB NOT NULL, sort BLOB NOT NULL, item BLOB NOT NULL,
  PRIMARY KEY (table_id, hash, sort)) WITHOUT ROWID;
CREATE TABLE dynamodb_entry (index_id INTEGER NOT NULL, hash BLOB NOT NULL, sort BLOB NOT NULL,
  item_hash BLOB NOT NULL, item_sort BLOB NOT NULL,
  PRIMARY KEY (index_id, hash, sort, item_hash, item_sort)) WITHOUT ROWID;
CREATE TABLE dynamodb_token (account TEXT NOT NULL, region TEXT NOT NULL, token TEXT NOT NULL, digest BLOB NOT NULL,
  created INTEGER NOT NULL, PRIMARY KEY (account, region, token)) WITHOUT ROWID;
)sql",
                                        R"sql(
CREATE TABLE dynamodb_log (id INTEGER PRIMARY KEY, keep INTEGER NOT NULL, last INTEGER NOT NULL DEFAULT 0);
CREATE TABLE dynamodb_change (log_id INTEGER NOT NULL, sequence INTEGER NOT NULL, time INTEGER NOT NULL,
  actor INTEGER NOT NULL, before BLOB, after BLOB, PRIMARY KEY (log_id, sequence)) WITHOUT ROWID;
CREATE TABLE dynamodb_expiry (at INTEGER NOT NULL, table_id INTEGER NOT NULL, hash BLOB NOT NULL, sort BLOB NOT NULL,
  PRIMARY KEY (at, table_id, hash, sort)) WITHOUT ROWID;
)sql"};

void visit_items(storage::Rows rows, const ItemStore::Visit& visit) {
  while (rows.next()) {
    if (!visit({std::string(rows.blob(0)), std::string(rows.blob(1))}, StoredItem(rows.blob(2)))) return;
  }
}

/// When the item's time to live is over, by an attribute that must be a number of seconds.
std::optional<aws::Millis> expiry_time(const Table& table, const Json& item) {
  constexpr double kLatest = 1e12;
  if (table.expiry.empty()) return std::nullopt;
  const auto found = item.find(table.expiry);
  if (found == item.end() || type_of(*found) != "N") return std::nullopt;
  const double seconds = std::strtod(content_of(*found).get_ref<const std::string&>().c_str(), nullptr);
  if (seconds < 0 || seconds > kLatest) return std::nullopt;
  return static_cast<aws::Millis>(seconds * 1000);
}

std::int64_t signed_size(const Json& item) { return static_cast<std::int64_t>(item_size(item)); }

}  // namespace

const storage::Migrations ItemStore::migrations{"dynamodb", kSchema};

std::int64_t ItemStore::allocate() {
  auto rows = db_.query("INSERT INTO dynamodb_usage (items) VALUES (0) RETURNING id");
  rows.next();
  const std::int64_t id = rows.integer(0);
  rows.next();
  return id;
}

ItemStore::Usage ItemStore::usage(const Table& table) const {
  auto rows = db_.query("SELECT items, bytes FROM dynamodb_usage WHERE id = ?", table.id);
  if (!rows.next()) return {};
  return {rows.integer(0), rows.integer(1)};
}

void ItemStore::count(const Table& table, std::int64_t items, std::int64_t bytes) {
  if (items == 0 && bytes == 0) return;
  db_.execute("UPDATE dynamodb_usage SET items = items + ?, bytes = bytes + ? WHERE id = ?", items, bytes, table.id);
}

std::optional<Json> ItemStore::get(const Table& table, const Key& key) const {
  std::optional<Json> out;
  look(table, key, [&](StoredItem item) { out = Json(item); });
  return out;
}

bool ItemStore::look(const Table& table, const Key& key, const std::function<void(StoredItem)>& visit) const {
  auto rows = db_.query("SELECT item FROM dynamodb_item WHERE table_id = ? AND hash = ? AND sort = ?", table.id,
                        Blob{key.hash}, Blob{key.range});
  if (!rows.next()) return false;
  visit(StoredItem(rows.blob(0)));
  return true;
}

void ItemStore::write(const Table& table, const Key& key, const Json& item) {
  db_.execute("INSERT OR REPLACE INTO dynamodb_item (table_id, hash, sort, item) VALUES (?, ?, ?, ?)", table.id,
              Blob{key.hash}, Blob{key.range}, Blob{encode_item(item)});
}

std::size_t ItemStore::replace(const Table& table, const Key& key, const Json& item) {
  std::size_t before = 0;
  bool present = false;
  db_.replace(
      [&](std::string_view held) {
        before = StoredItem(held).size();
        present = true;
      },
      "INSERT INTO dynamodb_item (table_id, hash, sort, item) VALUES (?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET item = replaced(item, excluded.item)",
      table.id, Blob{key.hash}, Blob{key.range}, Blob{encode_item(item)});
  count(table, present ? 0 : 1, signed_size(item) - static_cast<std::int64_t>(before));
  return before;
}

void ItemStore::put(const Table& table, const Key& key, const Json& item, const std::optional<Json>& before) {
  if (before) remove_entries(table, key, *before);
  write(table, key, item);
  add_entries(table, key, item);
  count(table, before ? 0 : 1, signed_size(item) - (before ? signed_size(*before) : 0));
}

void ItemStore::erase(const Table& table, const Key& key, const Json& before) {
  remove_entries(table, key, before);
  db_.execute("DELETE FROM dynamodb_item WHERE table_id = ? AND hash = ? AND sort = ?", table.id, Blob{key.hash},
              Blob{key.range});
  count(table, -1, -signed_size(before));
}

void ItemStore::add_entries(const Table& table, const Key& key, const Json& item) {
  add_expiry(table, key, item);
  for (const auto& index : table.indexes) {
    const auto entry = index_key(index.key, item);
    if (!entry) continue;
    db_.execute(
        "INSERT OR REPLACE INTO dynamodb_entry (index_id, hash, sort, item_hash, item_sort) VALUES (?, ?, ?, ?, ?)",
        index.id, Blob{entry->hash}, Blob{entry->range}, Blob{key.hash}, Blob{key.range});
  }
}

void ItemStore::add_expiry(const Table& table, const Key& key, const Json& item) {
  const auto at = expiry_time(table, item);
  if (!at) return;
  db_.execute("INSERT OR REPLACE INTO dynamodb_expiry (at, table_id, hash, sort) VALUES (?, ?, ?, ?)", *at, table.id,
              Blob{key.hash}, Blob{key.range});
}

void ItemStore::remove_entries(const Table& table, const Key& key, const Json& item) {
  if (const auto at = expiry_time(table, item)) {
    db_.execute("DELETE FROM dynamodb_expiry WHERE at = ? AND table_id = ? AND hash = ? AND sort = ?", *at, table.id,
                Blob{key.hash}, Blob{key.range});
  }
  for (const auto& index : table.indexes) {
    const auto entry = index_key(index.key, item);
    if (!entry) continue;
    db_.execute(
        "DELETE FROM dynamodb_entry WHERE index_id = ? AND hash = ? AND sort = ? AND item_hash = ? AND item_sort = ?",
        index.id, Blob{entry->hash}, Blob{entry->range}, Blob{key.hash}, Blob{key.range});
  }
}

void ItemStore::copy(std::int64_t from, std::int64_t to) {
  db_.execute(
      "INSERT INTO dynamodb_item (table_id, hash, sort, item) "
      "SELECT ?, hash, sort, item FROM dynamodb_item WHERE table_id = ?",
      to, from);
  db_.execute(
      "UPDATE dynamodb_usage SET (items, bytes) = (SELECT items, bytes FROM dynamodb_usage WHERE id = ?) "
      "WHERE id = ?",
      from, to);
}

void ItemStore::drop_items(std::int64_t id) {
  db_.execute("DELETE FROM dynamodb_item WHERE table_id = ?", id);
  db_.execute("DELETE FROM dynamodb_usage WHERE id = ?", id);
}

std::vector<ItemStore::Due> ItemStore::due(aws::Millis now, std::int64_t most) const {
  constexpr aws::Millis kFiveYears = aws::Millis{5} * 365 * 24 * 3600 * 1000;
  auto rows = db_.query("SELECT table_id, hash, sort FROM dynamodb_expiry WHERE at >= ? AND at < ? ORDER BY at LIMIT ?",
                        now - kFiveYears, now, most);
  std::vector<Due> out;
  while (rows.next()) out.push_back({rows.integer(0), {std::string(rows.blob(1)), std::string(rows.blob(2))}});
  return out;
}

void ItemStore::fill_expiry(const Table& table) {
  scan(table, nullptr, std::nullopt, [&](const Key& key, const Json& item) {
    add_expiry(table, key, item);
    return true;
  });
}

void ItemStore::drop_expiry(std::int64_t table_id) {
  db_.execute("DELETE FROM dynamodb_expiry WHERE table_id = ?", table_id);
}

void ItemStore::drop(const Table& table) {
  for (const auto& index : table.indexes) drop_index(index.id);
  if (!table.expiry.empty()) drop_expiry(table.id);
  drop_items(table.id);
}

void ItemStore::drop_index(std::int64_t index_id) {
  db_.execute("DELETE FROM dynamodb_entry WHERE index_id = ?", index_id);
  db_.execute("DELETE FROM dynamodb_usage WHERE id = ?", index_id);
}

void ItemStore::backfill(const Table& table, const Index& index) {
  Table only = table;
  only.indexes = {index};
  only.expiry.clear();
  scan(table, nullptr, std::nullopt, [&](const Key& key, const Json& item) {
    if (fits_index(index.key, item)) add_entries(only, key, item);
    return true;
  });
}

void ItemStore::query(const Table& table, const Index* index, const std::string& hash, const Range& range, Order order,
                      const std::optional<Start>& start, const Visit& visit) const {
  std::string lower = range.lower, upper = range.upper, lower_hash, lower_sort, upper_hash, upper_sort;
  const bool forward = order == Order::forward;
  if (!index) {
    // The next possible key after `k` is `k` with a zero byte.
    if (start && forward) lower = std::max(lower, start->item.range + '\0');
    if (start && !forward) upper = std::min(upper, start->item.range);
    visit_items(forward ? db_.query("SELECT hash, sort, item FROM dynamodb_item WHERE table_id = ? AND hash = ? AND "
                                    "sort >= ? AND sort < ? ORDER BY sort",
                                    table.id, Blob{hash}, Blob{lower}, Blob{upper})
                        : db_.query("SELECT hash, sort, item FROM dynamodb_item WHERE table_id = ? AND hash = ? AND "
                                    "sort >= ? AND sort < ? ORDER BY sort DESC",
                                    table.id, Blob{hash}, Blob{lower}, Blob{upper}),
                visit);
    return;
  }
  if (start && forward) {
    lower = start->index.range;
    lower_hash = start->item.hash;
    lower_sort = start->item.range + '\0';
  } else if (start) {
    upper = start->index.range;
    upper_hash = start->item.hash;
    upper_sort = start->item.range;
  }
  constexpr std::string_view kForward =
      "SELECT i.hash, i.sort, i.item FROM dynamodb_entry e CROSS JOIN dynamodb_item i ON i.table_id = ? AND "
      "i.hash = e.item_hash AND i.sort = e.item_sort WHERE e.index_id = ? AND e.hash = ? AND "
      "(e.sort, e.item_hash, e.item_sort) >= (?, ?, ?) AND (e.sort, e.item_hash, e.item_sort) < (?, ?, ?) "
      "ORDER BY e.sort, e.item_hash, e.item_sort";
  constexpr std::string_view kBackward =
      "SELECT i.hash, i.sort, i.item FROM dynamodb_entry e CROSS JOIN dynamodb_item i ON i.table_id = ? AND "
      "i.hash = e.item_hash AND i.sort = e.item_sort WHERE e.index_id = ? AND e.hash = ? AND "
      "(e.sort, e.item_hash, e.item_sort) >= (?, ?, ?) AND (e.sort, e.item_hash, e.item_sort) < (?, ?, ?) "
      "ORDER BY e.sort DESC, e.item_hash DESC, e.item_sort DESC";
  visit_items(db_.query(forward ? kForward : kBackward, table.id, index->id, Blob{hash}, Blob{lower}, Blob{lower_hash},
                        Blob{lower_sort}, Blob{upper}, Blob{upper_hash}, Blob{upper_sort}),
              visit);
}

void ItemStore::scan(const Table& table, const Index* index, const std::optional<Start>& start,
                     const Visit& visit) const {
  const Start from = start.value_or(Start{});
  if (!index) {
    visit_items(db_.query("SELECT hash, sort, item FROM dynamodb_item WHERE table_id = ? AND (hash, sort) > (?, ?) "
                          "ORDER BY hash, sort",
                          table.id, Blob{from.item.hash}, Blob{from.item.range}),
                visit);
    return;
  }
  visit_items(
      db_.query("SELECT i.hash, i.sort, i.item FROM dynamodb_entry e CROSS JOIN dynamodb_item i ON i.table_id = ? AND "
                "i.hash = e.item_hash AND i.sort = e.item_sort WHERE e.index_id = ? AND "
                "(e.hash, e.sort, e.item_hash, e.item_sort) > (?, ?, ?, ?) "
                "ORDER BY e.hash, e.sort, e.item_hash, e.item_sort",
                table.id, index->id, Blob{from.index.hash}, Blob{from.index.range}, Blob{from.item.hash},
                Blob{from.item.range}),
      visit);
}

}  // namespace orrery::dynamodb
