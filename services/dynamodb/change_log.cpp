#include "services/dynamodb/change_log.hpp"

#include "services/dynamodb/item_codec.hpp"

namespace orrery::dynamodb {

namespace {

std::optional<std::string> encoded(const std::optional<Json>& item) {
  return item ? std::optional(encode_item(*item)) : std::nullopt;
}

std::optional<storage::Blob> blob(const std::optional<std::string>& bytes) {
  return bytes ? std::optional(storage::Blob{*bytes}) : std::nullopt;
}

std::optional<Json> item_at(const storage::Rows& rows, int column) {
  return rows.null(column) ? std::nullopt : std::optional(decode_item(rows.blob(column)));
}

}  // namespace

std::int64_t ChangeLog::allocate(aws::Millis keep) {
  auto rows = db_.query("INSERT INTO dynamodb_log (keep) VALUES (?) RETURNING id", keep);
  rows.next();
  const std::int64_t id = rows.integer(0);
  rows.next();
  return id;
}

void ChangeLog::keep_for(std::int64_t log, aws::Millis keep) {
  db_.execute("UPDATE dynamodb_log SET keep = ? WHERE id = ?", keep, log);
}

void ChangeLog::append(std::int64_t log, const Change& change) {
  const auto before = encoded(change.before), after = encoded(change.after);
  db_.execute("UPDATE dynamodb_log SET last = last + 1 WHERE id = ?", log);
  db_.execute(
      "INSERT INTO dynamodb_change (log_id, sequence, time, actor, before, after) "
      "SELECT id, last, ?, ?, ?, ? FROM dynamodb_log WHERE id = ?",
      change.time, static_cast<std::int64_t>(change.actor), blob(before), blob(after), log);
}

void ChangeLog::drop(std::int64_t log) {
  db_.execute("DELETE FROM dynamodb_change WHERE log_id = ?", log);
  db_.execute("DELETE FROM dynamodb_log WHERE id = ?", log);
}

std::int64_t ChangeLog::last(std::int64_t log) const {
  auto rows = db_.query("SELECT last FROM dynamodb_log WHERE id = ?", log);
  return rows.next() ? rows.integer(0) : 0;
}

void ChangeLog::visit(std::int64_t log, std::int64_t first, Order order,
                      const std::function<bool(const Change&)>& visit) const {
  auto rows = order == Order::oldest_first ? db_.query(
                                                 "SELECT sequence, time, actor, before, after FROM dynamodb_change "
                                                 "WHERE log_id = ? AND sequence >= ? ORDER BY sequence",
                                                 log, first)
                                           : db_.query(
                                                 "SELECT sequence, time, actor, before, after FROM dynamodb_change "
                                                 "WHERE log_id = ? AND sequence >= ? ORDER BY sequence DESC",
                                                 log, first);
  while (rows.next()) {
    const Change change{rows.integer(0), rows.integer(1), static_cast<Change::Actor>(rows.integer(2)), item_at(rows, 3),
                        item_at(rows, 4)};
    if (!visit(change)) return;
  }
}

void ChangeLog::trim(aws::Millis now) {
  std::vector<std::pair<std::int64_t, aws::Millis>> logs;
  {
    auto rows = db_.query("SELECT id, keep FROM dynamodb_log");
    while (rows.next()) logs.emplace_back(rows.integer(0), now - rows.integer(1));
  }
  for (const auto& [log, horizon] : logs) {
    std::int64_t oldest_kept = 0;
    {  // changes lie in the order of their time, so that a log with nothing to forget costs one row
      auto rows = db_.query("SELECT sequence, time FROM dynamodb_change WHERE log_id = ? ORDER BY sequence", log);
      while (rows.next() && rows.integer(1) < horizon) oldest_kept = rows.integer(0) + 1;
    }
    if (oldest_kept > 0) db_.execute("DELETE FROM dynamodb_change WHERE log_id = ? AND sequence < ?", log, oldest_kept);
  }
}

}  // namespace orrery::dynamodb
