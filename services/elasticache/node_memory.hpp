#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery::elasticache {

/// `maxmemory` of a node type in bytes, before reserved-memory-percent is taken off; nothing for types not listed.
std::optional<std::int64_t> node_memory(std::string_view node_type);

}  // namespace orrery::elasticache
