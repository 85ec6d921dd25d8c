#pragma once
#include <string>
#include <vector>

#include "aws/clock.hpp"
#include "storage/store.hpp"

namespace orrery::storage {

/// Something that AWS would refuse and a default run let pass, or advice about what AWS accepts.
struct Finding {
  enum class Kind { refused, advice };
  Kind kind = Kind::refused;
  std::string account, region, service;
  std::string rule;       ///< "rds-reserved-master-username"
  std::string resource;   ///< ARN or id
  std::string operation;  ///< the call that brought it, "CreateDBInstance"
  std::string code;       ///< the error code that AWS would answer; "" for advice
  std::string message;    ///< what AWS would answer, or the advice
  std::string reference;  ///< URL of the documentation
  aws::Millis time = 0;
};

/// Findings are kept by (account, region, rule, resource): a repeated call renews its row.
class FindingTable {
 public:
  static const Migrations migrations;
  explicit FindingTable(Transaction& transaction) : transaction_(transaction) {}
  void put(const Finding& finding);
  /// Takes back a finding whose cause is gone.
  void erase(const std::string& account, const std::string& region, const std::string& rule,
             const std::string& resource);
  /// Of every account, oldest first.
  std::vector<Finding> list() const;

 private:
  Transaction& transaction_;
};

}  // namespace orrery::storage
