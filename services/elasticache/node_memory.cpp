#include "services/elasticache/node_memory.hpp"

#include <iterator>

namespace orrery::elasticache {

namespace {

struct Size {
  std::string_view type;
  std::int64_t bytes;
};

// ElastiCache user guide, "Redis OSS node-type specific parameters". Families of one size share their figures.
constexpr Size kSizes[] = {
    {"cache.t2.micro", 581959680},       {"cache.t2.small", 1665138688},     {"cache.t2.medium", 3461349376},
    {"cache.t3.micro", 536870912},       {"cache.t3.small", 1471026299},     {"cache.t3.medium", 3317862236},
    {"cache.t4g.micro", 536870912},      {"cache.t4g.small", 1471026299},    {"cache.t4g.medium", 3317862236},
    {"cache.m5.large", 6854542746},      {"cache.m5.xlarge", 13891921715},   {"cache.m5.2xlarge", 27966669210},
    {"cache.m5.4xlarge", 56116178125},   {"cache.m6g.large", 6854542746},    {"cache.m6g.xlarge", 13891921715},
    {"cache.m6g.2xlarge", 27966669210},  {"cache.m6g.4xlarge", 56116178125}, {"cache.r5.large", 14037181030},
    {"cache.r5.xlarge", 28261849702},    {"cache.r5.2xlarge", 56711183565},  {"cache.r5.4xlarge", 113609865216},
    {"cache.r6g.large", 14037181030},    {"cache.r6g.xlarge", 28261849702},  {"cache.r6g.2xlarge", 56711183565},
    {"cache.r6g.4xlarge", 113609865216},
};

}  // namespace

std::optional<std::int64_t> node_memory(std::string_view node_type) {
  for (const Size& size : kSizes)
    if (size.type == node_type) return size.bytes;
  return std::nullopt;
}

}  // namespace orrery::elasticache
