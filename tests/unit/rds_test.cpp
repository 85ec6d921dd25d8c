#include <gtest/gtest.h>

#include "registry/error.hpp"
#include "services/rds/engines.hpp"
#include "services/rds/parameters.hpp"
#include "services/rds/windows.hpp"

namespace orrery::rds {
namespace {

TEST(RdsWindows, TouchingIsNoOverlap) {
  EXPECT_FALSE(overlap(parse_backup_window("03:00-04:00"), parse_maintenance_window("mon:04:00-mon:05:00")));
  EXPECT_FALSE(overlap(parse_backup_window("05:00-06:00"), parse_maintenance_window("mon:04:00-mon:05:00")));
  EXPECT_TRUE(overlap(parse_backup_window("03:00-04:01"), parse_maintenance_window("mon:04:00-mon:05:00")));
}

TEST(RdsWindows, WrapsAroundMidnightAndTheWeek) {
  EXPECT_TRUE(overlap(parse_backup_window("23:45-00:30"), parse_maintenance_window("sun:23:30-mon:00:15")));
  EXPECT_TRUE(overlap(parse_backup_window("00:00-00:30"), parse_maintenance_window("sun:23:30-mon:00:15")));
  EXPECT_FALSE(overlap(parse_backup_window("00:15-00:45"), parse_maintenance_window("sun:23:30-mon:00:15")));
}

TEST(RdsWindows, DefaultsKeepClear) {
  for (int i = 0; i < 200; ++i) {
    const Windows both = settle_windows("", "", "db-" + std::to_string(i));
    EXPECT_FALSE(overlap(parse_backup_window(both.backup), parse_maintenance_window(both.maintenance)));
    const Windows given = settle_windows("03:00-10:30", "", "db-" + std::to_string(i));
    EXPECT_EQ(given.maintenance.substr(3, 7), ":10:30-");
  }
  EXPECT_THROW(settle_windows("03:00-05:00", "Mon:04:00-Mon:05:00", "x"), AwsError);
  EXPECT_THROW(parse_backup_window("03:00-03:15"), AwsError);
  EXPECT_THROW(parse_backup_window("nonsense"), AwsError);
  EXPECT_THROW(parse_maintenance_window("xyz:03:00-mon:04:00"), AwsError);
}

TEST(RdsEngines, VersionsAreWithdrawnWithTheClock) {
  const Engine& postgres = *find_engine("postgres");
  aws::Millis before = 0, after = 0;
  ASSERT_TRUE(aws::parse_timestamp("2024-12-01T00:00:00Z", before));
  ASSERT_TRUE(aws::parse_timestamp("2026-11-24T00:00:00Z", after));
  const auto version = choose_version(postgres, "15.4", after);
  ASSERT_TRUE(version);
  EXPECT_FALSE(withdrawn(*version->version, before));
  EXPECT_TRUE(withdrawn(*version->version, after));
  EXPECT_FALSE(withdrawn(*choose_version(postgres, "15", after)->version, after));
  EXPECT_FALSE(choose_version(postgres, "15.99", after));
  EXPECT_EQ(default_option_group(*find_engine("mysql"), find_engine("mysql")->majors[0]), "default:mysql-8-0");
}

TEST(RdsParameters, RangesAndLists) {
  const auto connections = find_parameter("postgres15", "max_connections");
  ASSERT_TRUE(connections);
  EXPECT_EQ(connections->apply_type, "static");
  EXPECT_TRUE(allows(*connections, "100"));
  EXPECT_FALSE(allows(*connections, "many"));
  EXPECT_TRUE(allows(*connections, "LEAST({DBInstanceClassMemory/9531392},5000)"));
  EXPECT_TRUE(allows(*find_parameter("postgres15", "log_min_duration_statement"), "-1"));
  EXPECT_FALSE(find_parameter("postgres15", "no_such_thing"));
}

}  // namespace
}  // namespace orrery::rds
