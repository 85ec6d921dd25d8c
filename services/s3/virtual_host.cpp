#include "services/s3/virtual_host.hpp"

#include <cctype>
#include <string>

namespace orrery::s3 {

namespace {

constexpr std::string_view kDomains[] = {".localhost", ".amazonaws.com", ".localhost.localstack.cloud"};

bool is_region(std::string_view label) {
  return label.size() > 6 && std::count(label.begin(), label.end(), '-') >= 2 &&
         std::isdigit(static_cast<unsigned char>(label.back()));
}

std::string_view without_last_label(std::string_view host) {
  const auto dot = host.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : host.substr(0, dot);
}

std::string_view last_label(std::string_view host) {
  const auto dot = host.rfind('.');
  return dot == std::string_view::npos ? host : host.substr(dot + 1);
}

bool is_service_label(std::string_view label) {
  return label == "s3" || (label.starts_with("s3-") && is_region(label.substr(3)));
}

/// "bucket.s3", "bucket.s3.region", "bucket.s3.dualstack.region" → "bucket"; "" where there is none.
std::string_view bucket_before_service(std::string_view host) {
  if (is_region(last_label(host))) host = without_last_label(host);
  if (last_label(host) == "dualstack") host = without_last_label(host);
  return is_service_label(last_label(host)) ? without_last_label(host) : std::string_view();
}

std::string bucket_of_host(std::string_view host) {
  for (const auto domain : kDomains) {
    if (!host.ends_with(domain)) continue;
    const auto name = host.substr(0, host.size() - domain.size());
    if (const auto bucket = bucket_before_service(name); !bucket.empty()) return std::string(bucket);
    const bool bare = domain == ".localhost" && name.find('.') == std::string_view::npos && !is_service_label(name);
    if (bare) return std::string(name);
  }
  return "";
}

}  // namespace

bool virtual_host(http::Request& request) {
  std::string host(request.headers.get("host"));
  host.erase(std::min(host.size(), host.rfind(':')));
  std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
  const std::string bucket = bucket_of_host(host);
  if (bucket.empty()) return false;
  request.path = '/' + bucket + (request.path.empty() ? "/" : request.path);
  return true;
}

}  // namespace orrery::s3
