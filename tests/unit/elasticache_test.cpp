#include <gtest/gtest.h>

#include "registry/error.hpp"
#include "services/elasticache/engines.hpp"
#include "services/elasticache/parameters.hpp"
#include "services/elasticache/windows.hpp"

namespace orrery::elasticache {
namespace {

TEST(ElastiCacheEngines, VersionsBecomeActualOnes) {
  EXPECT_EQ(choose_version("redis", "7.0")->actual, "7.0.7");
  EXPECT_EQ(choose_version("redis", "7.0.7")->offered, "7.0");
  EXPECT_EQ(choose_version("redis", "6.x")->actual, "6.2.6");
  EXPECT_EQ(choose_version("redis", "")->actual, "7.1.0");
  EXPECT_FALSE(choose_version("redis", "7.9"));
  EXPECT_TRUE(older("6.2.6", "7.0.5"));
  EXPECT_TRUE(older("6.2.6", "6.2.10"));
  EXPECT_FALSE(older("7.0.7", "7.0.7"));
}

TEST(ElastiCacheParameters, RangesListsAndFamilies) {
  for (const Parameter& parameter : family_parameters("redis7")) {
    if (parameter.name == "timeout") {
      EXPECT_TRUE(allows(parameter, "0"));
      EXPECT_FALSE(allows(parameter, "19"));
      EXPECT_TRUE(allows(parameter, "20"));
    }
    if (parameter.name == "maxmemory-policy") {
      EXPECT_TRUE(allows(parameter, "allkeys-lru"));
      EXPECT_FALSE(allows(parameter, "allkeys"));
    }
    EXPECT_TRUE(parameter.value.empty() || allows(parameter, parameter.value)) << parameter.name;
  }
  for (const Parameter& parameter : family_parameters("redis5.0")) EXPECT_NE(parameter.name, "acllog-max-len");
}

TEST(ElastiCacheWindows, DefaultsKeepClear) {
  for (int i = 0; i < 400; ++i) {
    const std::string seed = "rg-" + std::to_string(i);
    const Windows both = settle_windows("03:00-05:00", "", seed);
    EXPECT_NO_THROW(settle_windows(both.snapshot, both.maintenance, seed));
    const Windows other = settle_windows("", "sun:05:00-sun:09:00", seed);
    EXPECT_NO_THROW(settle_windows(other.snapshot, other.maintenance, seed));
  }
  EXPECT_NO_THROW(settle_windows("03:00-05:00", "mon:05:00-mon:06:00", "x"));
  EXPECT_THROW(settle_windows("03:00-05:00", "mon:04:00-mon:06:00", "x"), AwsError);
  EXPECT_THROW(settle_windows("03:00-03:30", "", "x"), AwsError);
  EXPECT_THROW(settle_windows("03:00-04:00", "mon:04:00", "x"), AwsError);
}

}  // namespace
}  // namespace orrery::elasticache
