#pragma once
#include <compare>
#include <set>
#include <string>

#include "storage/transaction.hpp"

namespace orrery::storage {

/// An account and region in which a service keeps something.
struct Scope {
  std::string account, region, service;
  auto operator<=>(const Scope&) const = default;
};

/// Those of the resource table; services with tables of their own add theirs.
std::set<Scope> scopes(Transaction& transaction);

}  // namespace orrery::storage
