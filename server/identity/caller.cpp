#include "identity/caller.hpp"

#include "identity/errors.hpp"

namespace orrery::identity {

namespace {

bool twelve_digits(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool plausible_region(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos &&
         text != "aws-global";
}

Principal root_of(const std::string& account, const std::string& access_key) {
  return {Principal::Type::root, account, "arn:aws:iam::" + account + ":root", account, access_key};
}

void check_usable(const Credential& credential, const Authorization& authorization, aws::Millis now) {
  if (credential.expires_ms != 0 && credential.expires_ms <= now) throw expired_token(authorization.service);
  if (!credential.active || credential.session_token != authorization.session_token) {
    throw invalid_client_token(authorization.service);
  }
}

}  // namespace

Caller anonymous_caller(const Settings& settings) {
  Caller caller{settings.account, settings.region, {}, std::nullopt};
  caller.principal.account = caller.account;
  return caller;
}

Caller caller_of(const Settings& settings, const Authorization& authorization, const Issued& issued, aws::Millis now) {
  Caller caller = anonymous_caller(settings);
  if (plausible_region(authorization.region)) caller.region = authorization.region;
  const std::string& key = authorization.access_key;
  if (twelve_digits(key)) {
    caller.account = key;
    caller.principal = root_of(key, key);
  } else if ((caller.credential = issued(key))) {
    check_usable(*caller.credential, authorization, now);
    caller.principal = caller.credential->principal;
    caller.principal.access_key = key;
    caller.account = caller.principal.account;
  } else {
    caller.principal = root_of(caller.account, key);
  }
  return caller;
}

}  // namespace orrery::identity
