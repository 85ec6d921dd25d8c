#include "storage/scopes.hpp"

namespace orrery::storage {

std::set<Scope> scopes(Transaction& transaction) {
  std::set<Scope> out;
  auto rows = transaction.db().query("SELECT DISTINCT account, region, service FROM resource");
  while (rows.next()) out.insert({std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.text(2))});
  return out;
}

}  // namespace orrery::storage
