#include "registry/service.hpp"

namespace orrery {

Access access_of(const OperationRow& row) {
  if (row.access != Access::by_name) return row.access;
  for (const std::string_view prefix : {"Describe", "Get", "List", "Head", "Query", "Scan", "BatchGet"}) {
    if (row.name.starts_with(prefix)) return Access::read;
  }
  return Access::write;
}

}  // namespace orrery
