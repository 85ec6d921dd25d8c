#include "services/s3/virtual_host.hpp"

#include <cctype>
#include <string>

#include "services/s3/errors.hpp"
#include "services/s3/website.hpp"

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

/// "bucket.s3-website-eu-west-1", "bucket.s3-website.eu-west-1" → "bucket"; "" where there is none.
std::string_view bucket_before_website(std::string_view host) {
  if (is_region(last_label(host)) && last_label(without_last_label(host)) == "s3-website") {
    return without_last_label(without_last_label(host));
  }
  constexpr std::string_view kDashed = "s3-website-";
  const auto label = last_label(host);
  const bool website = label.starts_with(kDashed) && is_region(label.substr(kDashed.size()));
  return website ? without_last_label(host) : std::string_view();
}

std::string website_of_host(std::string_view host) {
  for (const auto domain : kDomains) {
    if (host.ends_with(domain)) return std::string(bucket_before_website(host.substr(0, host.size() - domain.size())));
  }
  return "";
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
  request.headers.erase(kWebsiteHeader);
  if (const std::string site = website_of_host(host); !site.empty()) {
    if (request.method != "GET" && request.method != "HEAD") throw errors::method_not_allowed(request.method, "OBJECT");
    request.headers.add(std::string(kWebsiteHeader), "1");
    request.path = '/' + site + '/' + request.path;
    request.query.clear();
    return true;
  }
  const std::string bucket = bucket_of_host(host);
  if (bucket.empty()) return false;
  request.path = '/' + bucket + (request.path.empty() ? "/" : request.path);
  return true;
}

}  // namespace orrery::s3
