#include "services/sts/session.hpp"

#include "aws/ids.hpp"
#include "services/sts/errors.hpp"
#include "services/sts/handlers.hpp"

namespace orrery::sts {

Json issue(RequestContext& context, identity::Principal principal, std::int64_t seconds) {
  identity::Credential credential;
  credential.secret = identity::new_secret();
  credential.session_token = aws::base64(aws::random_bytes(192));
  credential.expires_ms = (context.now / 1000 + seconds) * 1000;
  credential.principal = std::move(principal);
  credential.principal.access_key = identity::new_access_key("ASIA", credential.principal.account);
  identity::CredentialTable(context.tx).put(credential);
  return {{"AccessKeyId", credential.principal.access_key},
          {"SecretAccessKey", credential.secret},
          {"SessionToken", credential.session_token},
          {"Expiration", credential.expires_ms / 1000}};
}

std::int64_t read_duration(const Input& input, std::int64_t fallback, std::int64_t most) {
  const std::int64_t seconds = input.integer("DurationSeconds", fallback);
  if (seconds > most)
    throw validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  return seconds;
}

Json get_session_token(RequestContext& context, const Input& input) {
  constexpr std::int64_t kHalfADay = 43200, kDayAndAHalf = 129600, kRootMost = 3600;
  using Type = identity::Principal::Type;
  if (context.principal.type == Type::assumed_role || context.principal.type == Type::federated_user)
    throw AwsError("AccessDenied", 403, "Cannot call GetSessionToken with session credentials");
  input.acknowledge("SerialNumber", "no MFA device can exist here, so nothing checks its code");
  input.acknowledge("TokenCode", "see SerialNumber");
  std::int64_t seconds = input.integer("DurationSeconds", kHalfADay);
  // The root user gets an hour at most (STS API reference, GetSessionToken).
  const bool root = context.principal.type == Type::root;
  seconds = std::min(seconds, root ? kRootMost : kDayAndAHalf);
  return {{"Credentials", issue(context, context.principal, seconds)}};
}

}  // namespace orrery::sts
