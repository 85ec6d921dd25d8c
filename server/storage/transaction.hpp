#pragma once
#include <functional>
#include <vector>

#include "storage/database.hpp"

namespace orrery::storage {

/// The one transaction of a request. For a writer it is a savepoint inside the group that is committed together, for a
/// reader a read transaction on a connection of its own. Actions on files run after the commit is durable, or after
/// the request was rolled back.
class Transaction {
 public:
  enum class Access { read, write };

  Transaction(Database& database, Access access) : database_(database), access_(access) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  Database& db() { return database_; }
  Access access() const { return access_; }
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
  std::vector<std::function<void()>> committed_, rolled_back_;
};

}  // namespace orrery::storage
