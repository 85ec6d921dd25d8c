#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "storage/resources.hpp"

namespace orrery::storage {
namespace {

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "orrery-store-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~StoreTest() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
  const std::vector<Migrations> components_{ResourceTable::migrations};
};

TEST_F(StoreTest, KeepsResourcesTagsAndEdgesOverRestart) {
  {
    Store store(directory_, components_);
    store.write([](Transaction& tx) {
      ResourceTable table(tx, "000000000000", "us-east-1", "ec2");
      table.put({"vpc", "vpc-1", "arn:aws:ec2:us-east-1:000000000000:vpc/vpc-1", {{"VpcId", "vpc-1"}}, {}, 7});
      table.tag("vpc", "vpc-1", {{"Name", "a"}});
      table.link("subnet", "subnet-1", "vpc", {"ec2", "vpc", "vpc-1"});
    });
  }
  Store store(directory_, components_);
  store.read([](Transaction& tx) {
    ResourceTable table(tx, "000000000000", "us-east-1", "ec2");
    const auto vpc = table.find("vpc", "vpc-1");
    ASSERT_TRUE(vpc);
    EXPECT_EQ(vpc->document.at("VpcId"), "vpc-1");
    EXPECT_EQ(vpc->created, 7);
    EXPECT_EQ(table.tags("vpc", "vpc-1").at("Name"), "a");
    ASSERT_EQ(table.links_to("vpc", "vpc-1").size(), 1u);
    EXPECT_FALSE(ResourceTable(tx, "111111111111", "us-east-1", "ec2").exists("vpc", "vpc-1"));
  });
}

TEST_F(StoreTest, RollsBackWhatThrowsAlone) {
  Store store(directory_, components_);
  int rolled_back = 0, committed = 0;
  EXPECT_THROW(store.write([&](Transaction& tx) {
    tx.on_rollback([&] { ++rolled_back; });
    ResourceTable(tx, "0", "r", "s").put({"k", "a", "", {}, {}, 0});
    throw std::runtime_error("refused");
  }),
               std::runtime_error);
  store.write([&](Transaction& tx) {
    tx.on_commit([&] { ++committed; });
    ResourceTable(tx, "0", "r", "s").put({"k", "b", "", {}, {}, 0});
  });
  store.read([](Transaction& tx) {
    ResourceTable table(tx, "0", "r", "s");
    EXPECT_FALSE(table.exists("k", "a"));
    EXPECT_TRUE(table.exists("k", "b"));
  });
  EXPECT_EQ(rolled_back, 1);
  EXPECT_EQ(committed, 1);
}

TEST_F(StoreTest, ReadsAreThoseOfTheLastCommit) {
  Store store(directory_, components_);
  const auto seen = [&](std::string_view account) {
    std::string out;
    store.read([&](Transaction& tx) {
      const ResourceTable table(tx, std::string(account), "r", "s");
      const auto found = table.find("k", "a");
      const Tags tags = table.tags("k", "a");
      out = found ? found->document.value("is", "") : "none";
      if (tags.contains("Name")) out += "/" + tags.at("Name");
    });
    return out;
  };
  EXPECT_EQ(seen("0"), "none");
  for (const std::string value : {"first", "second"}) {
    store.write([&](Transaction& tx) {
      ResourceTable table(tx, "0", "r", "s");
      table.put({"k", "a", "", {{"is", value}}, {}, 0});
      table.tag("k", "a", {{"Name", value}});
      EXPECT_EQ(table.find("k", "a")->document.at("is"), value);  // its own write
    });
    EXPECT_EQ(seen("0"), value + "/" + value);
    EXPECT_EQ(seen("0"), value + "/" + value);
    EXPECT_EQ(seen("1"), "none");
  }
  store.write([&](Transaction& tx) { ResourceTable(tx, "0", "r", "s").erase("k", "a"); });
  EXPECT_EQ(seen("0"), "none");
}

TEST_F(StoreTest, OthersCannotReadItsFiles) {
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  const auto readable = [&] {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_))
      count += (entry.status().permissions() & others) != std::filesystem::perms::none;
    return count;
  };
  {
    Store store(directory_, components_);
    EXPECT_EQ(readable(), 0);
  }
  std::filesystem::permissions(directory_ / "orrery.db", std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  Store again(directory_, components_);
  EXPECT_EQ(readable(), 0);
}

TEST_F(StoreTest, RefusesALockedDirectoryAndANewerDatabase) {
  {
    Store store(directory_, components_);
    EXPECT_THROW(Store(directory_, components_), StorageError);
  }
  static constexpr std::string_view kTwo[] = {"", ""};
  { Store newer(directory_, std::vector<Migrations>{{"other", kTwo}}); }
  static constexpr std::string_view kOne[] = {""};
  EXPECT_THROW(Store(directory_, std::vector<Migrations>{{"other", kOne}}), StorageError);
}

TEST_F(StoreTest, TheLogIsStartedAnew) {
  constexpr int kCommits = 120;
  constexpr std::size_t kCommit = 1 << 20;
  constexpr std::uintmax_t kLongest = 100 << 20;  // 64 MiB, and what comes in while they are copied
  Store store(directory_, components_);
  for (int n = 0; n < kCommits; ++n) {
    store.write([&](Transaction& tx) {
      ResourceTable(tx, "0", "r", "s")
          .put({"k", "a", "", std::string(kCommit, static_cast<char>('a' + n % 26)), {}, 0});
    });
  }
  EXPECT_LT(std::filesystem::file_size(directory_ / "orrery.db-wal"), kLongest);
  store.read([](Transaction& tx) {
    const auto last = ResourceTable(tx, "0", "r", "s").find("k", "a");
    ASSERT_TRUE(last);
    EXPECT_EQ(last->document, std::string(kCommit, static_cast<char>('a' + (kCommits - 1) % 26)));
  });
}

TEST_F(StoreTest, ManyWritersLoseNothing) {
  Store store(directory_, components_);
  constexpr int kWriters = 8;
  std::vector<std::thread> threads;
  threads.reserve(kWriters);
  for (int t = 0; t < kWriters; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        store.write([&](Transaction& tx) {
          ResourceTable(tx, "0", "r", "s").put({"k", std::to_string(t) + "-" + std::to_string(i), "", {}, {}, 0});
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  store.read([](Transaction& tx) { EXPECT_EQ(ResourceTable(tx, "0", "r", "s").count("k"), 400); });
}

}  // namespace
}  // namespace orrery::storage
