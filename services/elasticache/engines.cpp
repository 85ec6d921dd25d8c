#include "services/elasticache/engines.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace orrery::elasticache {

namespace {

// Oldest first in an engine. Days: ElastiCache user guide, "Redis OSS engine version end of life schedule".
constexpr EngineVersion kVersions[] = {
    {"memcached", "1.4.14", "1.4.14", "memcached1.4", ""},
    {"memcached", "1.4.24", "1.4.24", "memcached1.4", ""},
    {"memcached", "1.4.33", "1.4.33", "memcached1.4", ""},
    {"memcached", "1.4.34", "1.4.34", "memcached1.4", ""},
    {"memcached", "1.4.5", "1.4.5", "memcached1.4", ""},
    {"memcached", "1.5.10", "1.5.10", "memcached1.5", ""},
    {"memcached", "1.5.16", "1.5.16", "memcached1.5", ""},
    {"memcached", "1.6.6", "1.6.6", "memcached1.6", ""},
    {"memcached", "1.6.12", "1.6.12", "memcached1.6", ""},
    {"memcached", "1.6.17", "1.6.17", "memcached1.6", ""},
    {"memcached", "1.6.22", "1.6.22", "memcached1.6", ""},
    {"redis", "2.8.24", "2.8.24", "redis2.8", "2023-01-13"},
    {"redis", "3.2.4", "3.2.4", "redis3.2", "2023-07-31"},
    {"redis", "3.2.6", "3.2.6", "redis3.2", "2023-07-31"},
    {"redis", "3.2.10", "3.2.10", "redis3.2", "2023-07-31"},
    {"redis", "4.0.10", "4.0.10", "redis4.0", ""},
    {"redis", "5.0.0", "5.0.0", "redis5.0", ""},
    {"redis", "5.0.3", "5.0.3", "redis5.0", ""},
    {"redis", "5.0.4", "5.0.4", "redis5.0", ""},
    {"redis", "5.0.5", "5.0.5", "redis5.0", ""},
    {"redis", "5.0.6", "5.0.6", "redis5.0", ""},
    {"redis", "6.0", "6.0.5", "redis6.x", ""},
    {"redis", "6.2", "6.2.6", "redis6.x", ""},
    {"redis", "7.0", "7.0.7", "redis7", ""},
    {"redis", "7.1", "7.1.0", "redis7", ""},
    {"valkey", "7.2", "7.2.6", "valkey7", ""},
    {"valkey", "8.0", "8.0.1", "valkey8", ""},
    {"valkey", "8.1", "8.1.0", "valkey8", ""},
    {"valkey", "8.2", "8.2.0", "valkey8", ""},
};

}  // namespace

std::span<const EngineVersion> engine_versions() { return kVersions; }

bool known_engine(std::string_view engine) {
  return std::any_of(std::begin(kVersions), std::end(kVersions), [&](const auto& v) { return v.engine == engine; });
}

bool known_family(std::string_view family) {
  return std::any_of(std::begin(kVersions), std::end(kVersions), [&](const auto& v) { return v.family == family; });
}

bool withdrawn(const EngineVersion& version, aws::Millis now) {
  return !version.withdrawn.empty() && aws::iso8601(now).substr(0, 10) >= version.withdrawn;
}

std::optional<EngineVersion> choose_version(std::string_view engine, std::string_view wanted) {
  std::optional<EngineVersion> found;
  for (const EngineVersion& version : kVersions) {
    if (version.engine != engine) continue;
    const bool latest_six = wanted == "6.x" && version.family == "redis6.x";
    if (wanted.empty() || latest_six || wanted == version.offered || wanted == version.actual) found = version;
  }
  return found;
}

bool older(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    int left = 0, right = 0;
    const char* after_a = std::from_chars(a.data(), a.data() + a.size(), left).ptr;
    const char* after_b = std::from_chars(b.data(), b.data() + b.size(), right).ptr;
    if (left != right) return left < right;
    a.remove_prefix(std::min(a.size(), static_cast<std::size_t>(after_a - a.data()) + 1));
    b.remove_prefix(std::min(b.size(), static_cast<std::size_t>(after_b - b.data()) + 1));
  }
  return a.empty() && !b.empty();
}

}  // namespace orrery::elasticache
