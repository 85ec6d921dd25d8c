#include "services/elasticache/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>

#include "services/elasticache/engines.hpp"

namespace orrery::elasticache {

namespace {

// ElastiCache user guide, "Engine specific parameters". Values that depend on the node type are left out.
// clang-format off
constexpr Parameter kRedis[] = {
    {"acllog-max-len", "128", "integer", "0-10000", true, "immediate", "6.0"},
    {"active-expire-effort", "1", "integer", "1-10", true, "immediate", "6.0"},
    {"activedefrag", "no", "string", "yes,no", true, "immediate", "5.0.0"},
    {"active-defrag-cycle-max", "75", "integer", "1-75", true, "immediate", "5.0.0"},
    {"active-defrag-cycle-min", "5", "integer", "1-75", true, "immediate", "5.0.0"},
    {"active-defrag-ignore-bytes", "104857600", "integer", "1048576-", true, "immediate", "5.0.0"},
    {"active-defrag-max-scan-fields", "1000", "integer", "1-1000000", true, "immediate", "5.0.0"},
    {"active-defrag-threshold-lower", "10", "integer", "1-100", true, "immediate", "5.0.0"},
    {"active-defrag-threshold-upper", "100", "integer", "1-100", true, "immediate", "5.0.0"},
    {"activerehashing", "yes", "string", "yes,no", true, "requires-reboot", "2.6.13"},
    {"appendfsync", "everysec", "string", "always,everysec,no", false, "immediate", "2.6.13"},
    {"appendonly", "no", "string", "yes,no", false, "immediate", "2.6.13"},
    {"client-output-buffer-limit-normal-hard-limit", "0", "integer", "0-", true, "immediate", "2.6.13"},
    {"client-output-buffer-limit-normal-soft-limit", "0", "integer", "0-", true, "immediate", "2.6.13"},
    {"client-output-buffer-limit-normal-soft-seconds", "0", "integer", "0-", true, "immediate", "2.6.13"},
    {"client-output-buffer-limit-pubsub-hard-limit", "33554432", "integer", "0-", true, "immediate", "2.6.13"},
    {"client-output-buffer-limit-pubsub-soft-limit", "8388608", "integer", "0-", true, "immediate", "2.6.13"},
    {"client-output-buffer-limit-pubsub-soft-seconds", "60", "integer", "0-", true, "immediate", "2.6.13"},
    {"client-output-buffer-limit-replica-soft-seconds", "60", "integer", "0-", false, "immediate", "2.6.13"},
    {"client-query-buffer-limit", "1073741824", "integer", "1048576-1073741824", true, "immediate", "5.0.0"},
    {"close-on-replica-write", "yes", "string", "yes,no", true, "immediate", "2.6.13"},
    {"cluster-allow-pubsubshard-when-down", "yes", "string", "yes,no", true, "immediate", "7.0"},
    {"cluster-allow-reads-when-down", "no", "string", "yes,no", true, "immediate", "6.0"},
    {"cluster-enabled", "no", "string", "yes,no", true, "requires-reboot", "3.2.4"},
    {"cluster-require-full-coverage", "no", "string", "yes,no", true, "immediate", "3.2.4"},
    {"databases", "16", "integer", "1-1200000", true, "requires-reboot", "2.6.13"},
    {"hash-max-listpack-entries", "512", "integer", "0-", true, "immediate", "7.0"},
    {"hash-max-listpack-value", "64", "integer", "0-", true, "immediate", "7.0"},
    {"hash-max-ziplist-entries", "512", "integer", "0-", true, "immediate", "2.6.13"},
    {"hash-max-ziplist-value", "64", "integer", "0-", true, "immediate", "2.6.13"},
    {"hll-sparse-max-bytes", "3000", "integer", "1-16000", true, "immediate", "2.8.24"},
    {"latency-tracking", "no", "string", "yes,no", true, "immediate", "7.0"},
    {"lazyfree-lazy-eviction", "no", "string", "yes,no", true, "immediate", "4.0.10"},
    {"lazyfree-lazy-expire", "no", "string", "yes,no", true, "immediate", "4.0.10"},
    {"lazyfree-lazy-server-del", "no", "string", "yes,no", true, "immediate", "4.0.10"},
    {"lazyfree-lazy-user-del", "no", "string", "yes,no", true, "immediate", "6.0"},
    {"lfu-decay-time", "1", "integer", "0-", true, "immediate", "4.0.10"},
    {"lfu-log-factor", "10", "integer", "1-", true, "immediate", "4.0.10"},
    {"list-compress-depth", "0", "integer", "0-", true, "immediate", "3.2.4"},
    {"list-max-listpack-size", "-2", "integer", "-5,-4,-3,-2,-1,1-", true, "immediate", "7.0"},
    {"list-max-ziplist-size", "-2", "integer", "-5,-4,-3,-2,-1,1-", false, "immediate", "3.2.4"},
    {"lua-replicate-commands", "yes", "string", "yes,no", true, "immediate", "3.2.4"},
    {"lua-time-limit", "5000", "integer", "5000", false, "immediate", "2.6.13"},
    {"maxclients", "65000", "integer", "1-65000", true, "requires-reboot", "2.6.13"},
    {"maxmemory-policy", "volatile-lru", "string", "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction", true, "immediate", "2.6.13"},
    {"maxmemory-samples", "3", "integer", "1-", true, "immediate", "2.6.13"},
    {"min-replicas-max-lag", "10", "integer", "0-", true, "immediate", "5.0.0"},
    {"min-replicas-to-write", "0", "integer", "0-", true, "immediate", "5.0.0"},
    {"notify-keyspace-events", "", "string", "", true, "immediate", "2.8.24"},
    {"proto-max-bulk-len", "536870912", "integer", "1048576-536870912", true, "immediate", "5.0.0"},
    {"rename-commands", "", "string", "", true, "immediate", "5.0.3"},
    {"repl-backlog-size", "1048576", "integer", "16384-", true, "immediate", "2.6.13"},
    {"repl-backlog-ttl", "3600", "integer", "0-", true, "immediate", "2.6.13"},
    {"repl-timeout", "60", "integer", "11-60", true, "immediate", "2.6.13"},
    {"replica-allow-chaining", "no", "string", "yes,no", false, "immediate", "2.6.13"},
    {"replica-ignore-maxmemory", "yes", "string", "yes,no", true, "immediate", "5.0.0"},
    {"replica-lazy-flush", "no", "string", "yes,no", false, "immediate", "4.0.10"},
    {"reserved-memory-percent", "25", "integer", "0-100", true, "immediate", "3.2.4"},
    {"set-max-intset-entries", "512", "integer", "0-", true, "immediate", "2.6.13"},
    {"set-max-listpack-entries", "128", "integer", "0-", true, "immediate", "7.2"},
    {"set-max-listpack-value", "64", "integer", "0-", true, "immediate", "7.2"},
    {"slowlog-log-slower-than", "10000", "integer", "-1-", true, "immediate", "2.6.13"},
    {"slowlog-max-len", "128", "integer", "0-", true, "immediate", "2.6.13"},
    {"stream-node-max-bytes", "4096", "integer", "0-", true, "immediate", "5.0.0"},
    {"stream-node-max-entries", "100", "integer", "0-", true, "immediate", "5.0.0"},
    {"tcp-keepalive", "300", "integer", "0-", true, "requires-reboot", "2.6.13"},
    {"timeout", "0", "integer", "0,20-", true, "immediate", "2.6.13"},
    {"tracking-table-max-keys", "1000000", "integer", "1-100000000", true, "immediate", "6.0"},
    {"zset-max-listpack-entries", "128", "integer", "0-", true, "immediate", "7.0"},
    {"zset-max-listpack-value", "64", "integer", "0-", true, "immediate", "7.0"},
    {"zset-max-ziplist-entries", "128", "integer", "0-", true, "immediate", "2.6.13"},
    {"zset-max-ziplist-value", "64", "integer", "0-", true, "immediate", "2.6.13"},
};

constexpr Parameter kMemcached[] = {
    {"backlog_queue_limit", "1024", "integer", "1-10000", false, "requires-reboot", "1.4.5"},
    {"binding_protocol", "auto", "string", "auto,binary,ascii", true, "requires-reboot", "1.4.5"},
    {"cas_disabled", "0", "boolean", "0,1", true, "requires-reboot", "1.4.5"},
    {"chunk_size", "48", "integer", "1-1024", true, "requires-reboot", "1.4.5"},
    {"chunk_size_growth_factor", "1.25", "float", "1-2", true, "requires-reboot", "1.4.5"},
    {"config_max", "16", "integer", "16", false, "requires-reboot", "1.4.14"},
    {"config_size_max", "65536", "integer", "65536", false, "requires-reboot", "1.4.14"},
    {"disable_flush_all", "0", "boolean", "0,1", true, "requires-reboot", "1.4.14"},
    {"error_on_memory_exhausted", "0", "boolean", "0,1", true, "requires-reboot", "1.4.5"},
    {"expirezero_does_not_evict", "0", "boolean", "0,1", true, "requires-reboot", "1.4.14"},
    {"hash_algorithm", "jenkins", "string", "jenkins,murmur3", true, "requires-reboot", "1.4.14"},
    {"idle_timeout", "0", "integer", "0-86400", true, "requires-reboot", "1.4.33"},
    {"large_memory_pages", "0", "boolean", "0,1", false, "requires-reboot", "1.4.5"},
    {"lock_down_paged_memory", "0", "boolean", "0,1", false, "requires-reboot", "1.4.5"},
    {"lru_crawler", "0", "boolean", "0,1", true, "requires-reboot", "1.4.14"},
    {"lru_maintainer", "0", "boolean", "0,1", true, "requires-reboot", "1.4.14"},
    {"max_item_size", "1048576", "integer", "1024-134217728", true, "requires-reboot", "1.4.5"},
    {"max_simultaneous_connections", "65000", "integer", "3-65000", true, "requires-reboot", "1.4.5"},
    {"maximize_core_file_limit", "0", "boolean", "0,1", false, "requires-reboot", "1.4.5"},
    {"maxconns_fast", "0", "boolean", "0,1", true, "requires-reboot", "1.4.14"},
    {"memcached_connections_overhead", "100", "integer", "0-1048576", true, "requires-reboot", "1.4.5"},
    {"modern", "1", "boolean", "0,1", true, "requires-reboot", "1.5.10"},
    {"requests_per_event", "20", "integer", "1-1000", false, "requires-reboot", "1.4.5"},
    {"slab_automove", "0", "integer", "0,1,2", true, "requires-reboot", "1.4.14"},
    {"slab_chunk_max", "524288", "integer", "256-4194304", true, "requires-reboot", "1.4.33"},
    {"slab_reassign", "0", "boolean", "0,1", true, "requires-reboot", "1.4.14"},
    {"watcher_logbuf_size", "262144", "integer", "1-", true, "requires-reboot", "1.4.33"},
    {"worker_logbuf_size", "65536", "integer", "1-", true, "requires-reboot", "1.4.33"},
};
// clang-format on

std::string_view newest(std::string_view family) {
  std::string_view actual;
  for (const EngineVersion& version : engine_versions())
    if (version.family == family && (actual.empty() || older(actual, version.actual))) actual = version.actual;
  return actual;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `item` is a value or a range "low-high", open when "low-".
bool item_allows(std::string_view item, std::string_view value) {
  if (item == value) return true;
  const auto dash = item.find('-', 1);
  const auto wanted = number(value);
  if (dash == std::string_view::npos || !wanted) return false;
  const auto low = number(item.substr(0, dash)), high = number(item.substr(dash + 1));
  return low && *low <= *wanted && (item.size() == dash + 1 || (high && *wanted <= *high));
}

}  // namespace

std::vector<Parameter> family_parameters(std::string_view family) {
  std::vector<Parameter> out;
  if (family.starts_with("memcached"))
    out.assign(std::begin(kMemcached), std::end(kMemcached));
  else
    out.assign(std::begin(kRedis), std::end(kRedis));
  const std::string_view version = newest(family);
  std::erase_if(out, [&](const Parameter& parameter) { return older(version, parameter.since); });
  return out;
}

bool allows(const Parameter& parameter, std::string_view value) {
  if (parameter.allowed.empty()) return true;
  for (std::string_view rest = parameter.allowed;;) {
    const auto comma = rest.find(',');
    // Names hold dashes too: a range is only looked for in numbers.
    const std::string_view item = rest.substr(0, comma);
    if (item == value || (parameter.type != "string" && item_allows(item, value))) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace orrery::elasticache
