#include <gtest/gtest.h>

#include "registry/error.hpp"
#include "services/rds/engines.hpp"
#include "services/rds/formulas.hpp"
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

aws::Millis at(const std::string& text) {
  aws::Millis time = 0;
  EXPECT_TRUE(aws::parse_timestamp(text, time)) << text;
  return time;
}

TEST(RdsWindows, TheNextOne) {
  // 2026-11-24 is a Tuesday.
  EXPECT_EQ(next_maintenance("wed:04:00-wed:05:00", at("2026-11-24T10:00:00Z")), at("2026-11-25T04:00:00Z"));
  EXPECT_EQ(next_maintenance("tue:04:00-tue:05:00", at("2026-11-24T10:00:00Z")), at("2026-12-01T04:00:00Z"));
  EXPECT_EQ(next_maintenance("tue:09:30-tue:10:30", at("2026-11-24T10:00:00Z")), at("2026-11-24T10:00:00Z"));
  EXPECT_EQ(next_maintenance("sun:23:45-mon:00:15", at("2026-11-23T00:10:00Z")), at("2026-11-23T00:10:00Z"));
  EXPECT_EQ(next_backup("03:00-04:00", at("2026-11-24T02:59:59Z")), at("2026-11-24T03:00:00Z"));
  EXPECT_EQ(next_backup("03:00-04:00", at("2026-11-24T03:00:00Z")), at("2026-11-25T03:00:00Z"));
}

TEST(RdsFormulas, WorkedOut) {
  const Variables medium{.class_memory = memory_of_class("db.t3.medium"), .port = 5432};
  EXPECT_EQ(evaluate("plain, text", medium), "plain, text");
  EXPECT_EQ(evaluate("LEAST({DBInstanceClassMemory/9531392},5000)", medium), "450");
  EXPECT_EQ(evaluate("GREATEST({DBInstanceClassMemory/63963136*1024},65536)", medium), "68759");
  EXPECT_EQ(evaluate("SUM({DBInstanceClassMemory/12038},-50003)", medium), "306781");
  EXPECT_EQ(evaluate("{log(DBInstanceClassMemory/1073741824)*1000}", medium), "2000");
  EXPECT_EQ(evaluate("{EndPointPort}", medium), "5432");
  for (const char* wrong : {"{", "{}", "{DBInstanceClassMemory/}", "{DBInstanceClassMemory/0}", "{Unknown}", "{1} 2",
                            "LEAST({1}", "{log(0)}", "{1e400}"})
    EXPECT_FALSE(evaluate(wrong, medium)) << wrong;
  EXPECT_FALSE(evaluate(std::string(10000, '{'), medium));
}

TEST(RdsFormulas, MemoryOfClasses) {
  constexpr std::int64_t gib = std::int64_t{1} << 30;
  EXPECT_EQ(memory_of_class("db.t4g.micro"), 1 * gib);
  EXPECT_EQ(memory_of_class("db.t3.2xlarge"), 32 * gib);
  EXPECT_EQ(memory_of_class("db.m5.large"), 8 * gib);
  EXPECT_EQ(memory_of_class("db.r6g.xlarge"), 32 * gib);
  EXPECT_EQ(memory_of_class("db.r5.24xlarge"), 768 * gib);
  EXPECT_EQ(memory_of_class("db.serverless"), 0);
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
