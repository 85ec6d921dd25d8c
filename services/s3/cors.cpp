#include "services/s3/cors.hpp"

#include "aws/text.hpp"
#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

/// One '*' stands for any run.
bool matches(const std::string& pattern, const std::string& text) {
  const auto star = pattern.find('*');
  if (star == std::string::npos) return pattern == text;
  const std::size_t rest = pattern.size() - star - 1;
  return text.size() >= star + rest && text.starts_with(pattern.substr(0, star)) &&
         text.ends_with(pattern.substr(star + 1));
}

std::vector<std::string> comma_separated(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) out.push_back(aws::lower(part));
  }
  return out;
}

std::string joined(const Json& list) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ", ") + one.get<std::string>();
  return out;
}

struct Asked {
  std::string origin, method;
  std::vector<std::string> headers;
};

struct Match {
  Json rule;
  bool everybody = false;
};

bool allows(const Json& rule, const std::string& header) {
  const Json allowed = rule.value("AllowedHeaders", Json::array());
  return std::any_of(allowed.begin(), allowed.end(),
                     [&](const Json& one) { return matches(aws::lower(one.get<std::string>()), header); });
}

/// The first rule that allows it all ("How does Amazon S3 evaluate the CORS configuration on a bucket?").
std::optional<Match> find_rule(const Json& rules, const Asked& asked) {
  for (const auto& rule : rules) {
    const Json methods = rule.value("AllowedMethods", Json::array());
    if (std::find(methods.begin(), methods.end(), asked.method) == methods.end()) continue;
    if (!std::all_of(asked.headers.begin(), asked.headers.end(), [&](const auto& one) { return allows(rule, one); }))
      continue;
    for (const auto& origin : rule.value("AllowedOrigins", Json::array())) {
      const std::string pattern = origin.get<std::string>();
      if (matches(pattern, asked.origin)) return Match{rule, pattern == "*"};
    }
  }
  return std::nullopt;
}

void answer_match(RequestContext& context, const Match& match, const Asked& asked) {
  auto& headers = context.response_headers;
  headers.set("Access-Control-Allow-Origin", match.everybody ? "*" : asked.origin);
  headers.set("Access-Control-Allow-Methods", joined(match.rule.at("AllowedMethods")));
  if (!match.everybody) headers.set("Access-Control-Allow-Credentials", "true");
  if (match.rule.contains("ExposeHeaders"))
    headers.set("Access-Control-Expose-Headers", joined(match.rule["ExposeHeaders"]));
  if (match.rule.contains("MaxAgeSeconds")) headers.set("Access-Control-Max-Age", match.rule["MaxAgeSeconds"].dump());
  headers.set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
}

AwsError forbidden(const std::string& why, const Asked& asked, const std::string& key) {
  return errors::make("AccessForbidden", 403, "CORSResponse: " + why)
      .with("Method", asked.method)
      .with("ResourceType", key.empty() ? "BUCKET" : "OBJECT");
}

AwsError bad_request(const std::string& message) { return errors::make("BadRequest", 400, message); }

}  // namespace

Json options_object(RequestContext& context, const Input& input) {
  const std::string key = input.str("Key");
  const Asked asked{input.str("Origin"), input.str("AccessControlRequestMethod"),
                    comma_separated(input.str("AccessControlRequestHeaders"))};
  if (asked.origin.empty()) throw bad_request("Insufficient information. Origin request header needed.");
  static constexpr std::string_view kMethods[] = {"GET", "PUT", "POST", "DELETE", "HEAD"};
  if (std::find(std::begin(kMethods), std::end(kMethods), asked.method) == std::end(kMethods)) {
    throw bad_request("Invalid Access-Control-Request-Method: " + (asked.method.empty() ? "null" : asked.method));
  }
  const std::string name = input.str("Bucket");
  ObjectStore store = store_of(context);
  if (!store.bucket(name)) throw errors::no_such_bucket(name);
  const auto config = store.config(name, "cors");
  if (!config) throw forbidden("CORS is not enabled for this bucket.", asked, key);
  const auto match = find_rule(config->at("CORSRules"), asked);
  if (!match) {
    // AWS's own spelling.
    throw forbidden(
        "This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
        "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
        "resource's CORS spec.",
        asked, key);
  }
  answer_match(context, *match, asked);
  if (!asked.headers.empty()) context.response_headers.set("Access-Control-Allow-Headers", joined(asked.headers));
  return Json::object();
}

void add_cors_headers(RequestContext& context, const Bucket& bucket) {
  const auto* origin = context.request.headers.find("origin");
  if (origin == nullptr) return;
  const auto config = store_of(context).config(bucket.name, "cors");
  if (!config) return;
  // A client may say which request it is about, as a preflight does.
  const auto* about = context.request.headers.find("access-control-request-method");
  const Asked asked{*origin, about ? *about : context.request.method, {}};
  if (const auto match = find_rule(config->at("CORSRules"), asked)) answer_match(context, *match, asked);
}

}  // namespace orrery::s3
