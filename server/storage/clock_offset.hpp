#pragma once
#include "aws/clock.hpp"
#include "storage/store.hpp"

namespace orrery::storage {

/// How far the server's clock was moved. Kept, because what is stored has times of that clock: after a restart it would
/// lie in the future.
class ClockOffset {
 public:
  static const Migrations migrations;
  explicit ClockOffset(Transaction& transaction) : db_(transaction.db()) {}
  aws::Millis get() const;
  void set(aws::Millis offset);

 private:
  Database& db_;
};

}  // namespace orrery::storage
