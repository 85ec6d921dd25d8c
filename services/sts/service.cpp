#include "services/sts/service.hpp"

#include "services/sts/handlers.hpp"

namespace orrery::sts {

namespace {

constexpr OperationRow kOperations[] = {
    {"GetCallerIdentity", &get_caller_identity},
    {"GetAccessKeyInfo", &get_access_key_info},
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "sts", .operations = kOperations};
  return instance;
}

}  // namespace orrery::sts
