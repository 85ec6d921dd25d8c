#include "identity/credentials.hpp"
#include "services/sts/errors.hpp"
#include "services/sts/handlers.hpp"

namespace orrery::sts {

Json get_caller_identity(RequestContext& context, const Input&) {
  const identity::Principal& who = context.principal;
  return {{"UserId", who.user_id}, {"Account", who.account}, {"Arn", who.arn}};
}

Json get_access_key_info(RequestContext& context, const Input& input) {
  const std::string key = input.str("AccessKeyId");
  if (const auto issued = context.peers.iam->credential(context.tx, key))
    return {{"Account", issued->principal.account}};
  if (const auto account = identity::account_of_access_key(key)) return {{"Account", *account}};
  throw validation_error("Invalid Access Key ID: " + key);
}

}  // namespace orrery::sts
