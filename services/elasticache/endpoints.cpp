#include "services/elasticache/endpoints.hpp"

#include "aws/ids.hpp"

namespace orrery::elasticache {

namespace {

/// "us-east-1" → "use1", "ap-southeast-2" → "apse2".
std::string short_region(const std::string& region) {
  const auto first = region.find('-'), last = region.rfind('-');
  if (first == std::string::npos || first == last) return region;
  const std::string direction = region.substr(first + 1, last - first - 1);
  std::string out = region.substr(0, first);
  for (const std::string_view half : {"north", "south", "east", "west", "central"})
    if (direction.find(half) != std::string::npos) out += half.front();
  return out + region.substr(last + 1);
}

std::string label(const RequestContext& context) {
  return aws::hex(aws::sha256("elasticache/" + context.account + "/" + context.region)).substr(0, 6);
}

std::string suffix(const RequestContext& context) { return short_region(context.region) + ".cache.localhost"; }

}  // namespace

std::string primary_address(RequestContext& context, const std::string& group, const std::string& shard, Tls tls) {
  if (tls == Tls::on) return "master." + group + "." + label(context) + "." + suffix(context);
  return group + "." + label(context) + ".ng." + shard + "." + suffix(context);
}

std::string reader_address(RequestContext& context, const std::string& group, const std::string& shard, Tls tls) {
  if (tls == Tls::on) return "replica." + group + "." + label(context) + "." + suffix(context);
  return group + "-ro." + label(context) + ".ng." + shard + "." + suffix(context);
}

std::string configuration_address(RequestContext& context, const std::string& group, Tls tls) {
  if (tls == Tls::on) return "clustercfg." + group + "." + label(context) + "." + suffix(context);
  return group + "." + label(context) + ".clustercfg." + suffix(context);
}

std::string node_address(RequestContext& context, const std::string& group, const std::string& cluster,
                         const std::string& node, Tls tls) {
  if (tls == Tls::on) return cluster + "." + group + "." + label(context) + "." + suffix(context);
  return cluster + "." + label(context) + "." + node + "." + suffix(context);
}

std::string serverless_address(RequestContext& context, const std::string& cache) {
  const std::string own = aws::hex(aws::sha256(context.account + "/" + context.region + "/" + cache)).substr(0, 6);
  return cache + "-" + own + ".serverless." + suffix(context);
}

std::string discovery_address(RequestContext& context, const std::string& cluster) {
  return cluster + "." + label(context) + ".cfg." + suffix(context);
}

}  // namespace orrery::elasticache
