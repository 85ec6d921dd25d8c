#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aws/clock.hpp"

namespace orrery::elasticache {

/// One version of an engine. `offered` is what DescribeCacheEngineVersions lists and a client asks for, `actual` what a
/// cluster then reports. `withdrawn` is the day from which no new cluster may have it; "" while it is offered.
struct EngineVersion {
  std::string_view engine, offered, actual, family, withdrawn;
};

std::span<const EngineVersion> engine_versions();
/// "7.0", "7.0.7", "6.x" or "" (the engine's default). Nothing when AWS never had it.
std::optional<EngineVersion> choose_version(std::string_view engine, std::string_view wanted);
bool known_engine(std::string_view engine);
bool withdrawn(const EngineVersion& version, aws::Millis now);
bool known_family(std::string_view family);
/// Compares dotted numbers: "6.2.6" < "7.0.5".
bool older(std::string_view a, std::string_view b);

inline constexpr std::string_view kVersionCalendar =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/deprecated-engine-versions.html";

}  // namespace orrery::elasticache
