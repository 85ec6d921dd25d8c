#include "database_login.hpp"

#include <algorithm>

#include "engines.hpp"
#include "identity/policy.hpp"
#include "identity/sigv4.hpp"
#include "pipeline/resolve.hpp"
#include "registry/findings.hpp"

namespace orrery {

namespace {

constexpr std::int64_t lifetime_seconds = 900, skew_seconds = 300;

/// A token is a presigned URL without its "https://": HOST:PORT/?Action=connect&DBUser=…&X-Amz-Algorithm=…
http::Request request_of(const std::string& token) {
  http::Request request;
  const auto slash = token.find('/');
  if (slash == std::string::npos) return request;
  request.method = "GET";
  request.headers.add("host", token.substr(0, slash));
  request.target = token.substr(slash);
  const auto mark = request.target.find('?');
  request.path = request.target.substr(0, mark);
  request.query = mark == std::string::npos ? "" : request.target.substr(mark + 1);
  return request;
}

bool is_current(const identity::Authorization& authorization, aws::Millis now) {
  aws::Millis signed_at = 0;
  const std::string& text = authorization.timestamp;
  if (!aws::parse_timestamp(text, signed_at) || aws::compact_iso8601(signed_at) != text) return false;
  const auto age = now / 1000 - signed_at / 1000;
  return age >= -skew_seconds && age <= std::min(authorization.expires_seconds, lifetime_seconds);
}

/// The parts of an id: "rds/ACCOUNT/REGION/RESOURCE".
struct Place {
  std::string account, region, resource;
};
Place place_of(const std::string& engine) {
  const auto first = engine.find('/'), second = engine.find('/', first + 1), third = engine.find('/', second + 1);
  if (third == std::string::npos) return {};
  return {engine.substr(first + 1, second - first - 1), engine.substr(second + 1, third - second - 1),
          engine.substr(third + 1)};
}

constexpr Rule kConnect{"rds-db-connect-denied",
                        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html"};

/// Whether the policies of who signed the token let it connect: a finding where they do not, or AwsError when strict.
/// What this server did not issue is the account's root, which may.
void check_policies(const pipeline::Host& host, const Place& place, const std::string& user,
                    const identity::Principal& who) {
  const auto rds = std::find_if(host.services.begin(), host.services.end(),
                                [](const Service* service) { return service->name == "rds"; });
  if (rds == host.services.end() || who.type == identity::Principal::Type::root) return;
  const std::string arn =
      "arn:aws:rds-db:" + place.region + ":" + place.account + ":dbuser:" + place.resource + "/" + user;
  host.store.write([&](storage::Transaction& tx) {
    RequestContext context = background_context(host, **rds, "connect", tx);
    context.account = place.account;
    context.region = place.region;
    identity::Question question;
    question.action = "rds-db:connect";
    question.resource = arn;
    if (host.peers.iam->decide(context, who, question) == identity::Decision::allow)
      return settle(context, kConnect, arn);
    would_refuse(context, kConnect, arn,
                 {"AccessDenied", 403,
                  "User: " + who.arn + " is not authorized to perform: rds-db:connect on resource: " + arn});
  });
}

}  // namespace

std::string refusal(const pipeline::Host& host, const engines::TokenLogin& login) {
  const auto request = request_of(login.token);
  const auto place = place_of(login.engine);
  try {
    const auto authorization = identity::parse_authorization(request);
    if (!authorization || !authorization->presigned) return "the password is no token";
    if (authorization->service != "rds-db") return "the token is signed for " + authorization->service;
    if (http::query_value(request.query, "Action") != "connect") return "the token is not for connecting";
    const auto user = http::query_value(request.query, "DBUser");
    if (user != login.user) return "the token is for the user " + user;
    if (authorization->region != place.region) return "the token is for the region " + authorization->region;
    const auto now = host.clock.now();
    if (!is_current(*authorization, now)) return "the token is older than 15 minutes";
    const auto caller = pipeline::identify(host, authorization);
    if (caller.account != place.account) return "the token is of the account " + caller.account;
    if (!caller.credential) return "";
    identity::verify(*authorization, request, caller.credential->secret, now);
    check_policies(host, place, user, caller.principal);
    return "";
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace orrery
