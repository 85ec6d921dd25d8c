#pragma once
#include <functional>
#include <vector>

#include "storage/database.hpp"

namespace orrery::storage {

/// The one transaction of a request. For a writer it is a savepoint inside the group that is committed together, from
/// its first write on; for a reader a read transaction on a connection of its own. Actions on files run after the
/// commit is durable, or after the request was rolled back.
class Transaction {
 public:
  enum class Access { read, write };

  Transaction(Database& database, Access access) : database_(database), access_(access) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Database& db() { return database_; }
  Access access() const { return access_; }

  /// Says, before the first write, that nothing is refused any more, so that no savepoint is needed: it copies each
  /// page that is written. What is thrown after that (the disk is full) takes the whole group with it.
  void refuse_no_more() {
    if (!database_.awaits_write()) return;
    database_.before_write({});
    refuses_no_more_ = true;
  }
  bool refuses_no_more() const { return refuses_no_more_; }
  void on_commit(std::function<void()> action) { committed_.push_back(std::move(action)); }
  void on_rollback(std::function<void()> action) { rolled_back_.push_back(std::move(action)); }

  /// Called by the owner of the transaction, never by a handler.
  void run_committed() {
    for (const auto& action : committed_) action();
  }
  void run_rolled_back() {
    for (const auto& action : rolled_back_) action();
  }

 private:
  Database& database_;
  Access access_;
  bool refuses_no_more_ = false;
  std::vector<std::function<void()>> committed_, rolled_back_;
};

}  // namespace orrery::storage
