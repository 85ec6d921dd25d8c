#pragma once
#include <functional>
#include <optional>

#include "aws/clock.hpp"
#include "aws/json.hpp"
#include "storage/store.hpp"

namespace orrery::dynamodb {

/// One change of one item. `before` is absent where the item is new, `after` where it is gone.
struct Change {
  enum class Actor { client = 0, expiry = 1 };  // stored
  std::int64_t sequence = 0;
  aws::Millis time = 0;
  Actor actor = Actor::client;
  std::optional<Json> before, after;
};

/// Logs of changes: one for each stream, and one for each table with point-in-time recovery. A log numbers its changes
/// from 1 without gaps and keeps them for its time. Lives no longer than its transaction.
class ChangeLog {
 public:
  explicit ChangeLog(storage::Transaction& transaction) : db_(transaction.db()) {}

  /// A new log that keeps changes for `keep` milliseconds.
  std::int64_t allocate(aws::Millis keep);
  void keep_for(std::int64_t log, aws::Millis keep);
  void append(std::int64_t log, const Change& change);
  void drop(std::int64_t log);
  /// The number of the newest change, 0 before the first; a dropped log too has 0.
  std::int64_t last(std::int64_t log) const;

  enum class Order { oldest_first, newest_first };
  /// From `first` on; false stops.
  void visit(std::int64_t log, std::int64_t first, Order order, const std::function<bool(const Change&)>& visit) const;

  /// Forgets what every log has kept for its time.
  void trim(aws::Millis now);

 private:
  storage::Database& db_;
};

}  // namespace orrery::dynamodb
