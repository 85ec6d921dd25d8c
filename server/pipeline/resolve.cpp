#include "pipeline/resolve.hpp"

#include "storage/snapshot.hpp"

namespace orrery::pipeline {

namespace {

const std::vector<api::ServiceView>& services() {
  static const std::vector<api::ServiceView> all = api::services();
  return all;
}

template <typename Predicate>
std::optional<api::ServiceView> first_service(Predicate predicate) {
  for (const auto& service : services()) {
    if (predicate(service)) return service;
  }
  return std::nullopt;
}

/// "DynamoDB_20120810.GetItem" → the service with that prefix.
std::optional<api::ServiceView> by_target(const http::Request& head) {
  const std::string_view target = head.headers.get("X-Amz-Target");
  if (target.empty()) return std::nullopt;
  const std::string_view prefix = target.substr(0, target.rfind('.'));
  return first_service([&](const auto& service) { return service.target_prefix() == prefix; });
}

/// "/service/GraniteServiceVersion20100801/operation/GetMetricData" of Smithy's RPC v2 CBOR.
std::optional<api::ServiceView> by_cbor_path(const http::Request& head) {
  if (!head.headers.has("Smithy-Protocol")) return std::nullopt;
  constexpr std::string_view kPrefix = "/service/";
  const auto at = head.path.find(kPrefix);
  const auto end = head.path.find("/operation/");
  if (at == std::string::npos || end == std::string::npos || end < at + kPrefix.size()) return std::nullopt;
  const auto name = std::string_view(head.path).substr(at + kPrefix.size(), end - at - kPrefix.size());
  return first_service([&](const auto& service) { return service.target_prefix() == name || service.name() == name; });
}

/// "dynamodb.us-east-1.localhost", "bucket.s3.localhost": a label that is an endpoint prefix, the rightmost first,
/// since bucket names may hold anything.
std::optional<api::ServiceView> by_host(const http::Request& head) {
  std::string_view host = head.headers.get("Host");
  host = host.substr(0, host.find(':'));
  while (!host.empty()) {
    const auto dot = host.rfind('.');
    const std::string_view label = dot == std::string_view::npos ? host : host.substr(dot + 1);
    if (const auto found = first_service([&](const auto& service) { return service.endpoint_prefix() == label; })) {
      return found;
    }
    host = host.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  return std::nullopt;
}

/// The query and EC2 protocols name operation and API version; two services may share an operation's name.
std::optional<api::ServiceView> by_action(std::string_view pairs) {
  const std::string action = http::query_value(pairs, "Action");
  if (action.empty()) return std::nullopt;
  const std::string version = http::query_value(pairs, "Version");
  const auto has = [&](const auto& service) { return service.operation(action).has_value(); };
  const auto both = first_service([&](const auto& s) { return s.api_version() == version && has(s); });
  return both ? both : first_service(has);
}

std::optional<identity::Credential> issued(const Host& host, const std::string& access_key) {
  if (host.peers.iam == nullptr) return std::nullopt;
  thread_local storage::ConfigurationCache<std::optional<identity::Credential>, 1024> known;  // each request asks
  std::optional<identity::Credential> credential;
  host.store.read([&](storage::Transaction& tx) {
    credential = known.get(access_key, [&] { return host.peers.iam->credential(tx, access_key); });
  });
  return credential;
}

}  // namespace

Asked service_asked(const http::Request& head, const std::optional<identity::Authorization>& authorization) {
  if (authorization) {
    // Two APIs can have one signing name, as DynamoDB and its streams do.
    const auto target = by_target(head);
    if (target && target->signing_name() == authorization->service) return {target, "", false};
    const auto signed_for = [&](const auto& service) { return service.signing_name() == authorization->service; };
    if (const auto found = first_service(signed_for)) return {found, "", false};
    return {std::nullopt, authorization->service, false};
  }
  for (const auto& way : {by_target, by_cbor_path, by_host}) {
    if (const auto found = way(head)) return {found, "", false};
  }
  if (const auto found = by_action(head.query)) return {found, "", false};
  const bool form = head.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded");
  return {api::find_service("s3"), "", form};
}

api::ServiceView service_of_form(const http::Request& request) {
  const auto found = by_action(request.body);
  return found ? *found : *api::find_service("s3");
}

api::ServiceView nearest_form(const http::Request& request) {
  for (const auto& way : {by_target, by_host}) {
    if (const auto found = way(request)) return *found;
  }
  if (request.headers.has("X-Amz-Target")) return *api::find_service("dynamodb");
  const std::string_view type = request.headers.get("Content-Type");
  if (request.method == "POST" && type.starts_with("application/x-www-form-urlencoded"))
    return *api::find_service("sts");
  if (type.starts_with("application/json")) return *api::find_service("eks");
  return *api::find_service("s3");
}

identity::Caller identify(const Host& host, const std::optional<identity::Authorization>& authorization) {
  if (!authorization) return identity::anonymous_caller(host.settings);
  const auto lookup = [&](const std::string& access_key) { return issued(host, access_key); };
  return identity::caller_of(host.settings, *authorization, lookup, host.clock.now());
}

}  // namespace orrery::pipeline
