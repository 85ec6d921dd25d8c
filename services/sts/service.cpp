#include "services/sts/service.hpp"

#include "identity/credentials.hpp"
#include "services/sts/handlers.hpp"

namespace orrery::sts {

namespace {

constexpr OperationRow kOperations[] = {
    {"GetCallerIdentity", &get_caller_identity},
    {"GetAccessKeyInfo", &get_access_key_info, Access::read},
    {"GetSessionToken", &get_session_token, Access::write},
    {"AssumeRole", &assume_role},
    {"AssumeRoleWithWebIdentity", &assume_role_with_web_identity},
};

/// Sessions are kept for a while after their end, so that who uses one hears that it has expired.
void forget_sessions(RequestContext& context) {
  constexpr aws::Millis kWeek = aws::Millis{7} * 24 * 3600 * 1000;
  identity::CredentialTable(context.tx).erase_expired(context.now - kWeek);
}

}  // namespace

const Service& service() {
  static const Service instance{.name = "sts", .operations = kOperations, .tick = &forget_sessions};
  return instance;
}

}  // namespace orrery::sts
