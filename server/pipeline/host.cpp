#include "pipeline/host.hpp"

namespace orrery::pipeline {

const Service* Host::service(std::string_view name) const {
  for (const Service* service : services) {
    if (service->name == name) return service;
  }
  return nullptr;
}

const OperationRow* Host::row(const Service& service, std::string_view operation) {
  for (const OperationRow& row : service.operations) {
    if (row.name == operation) return &row;
  }
  return nullptr;
}

}  // namespace orrery::pipeline
