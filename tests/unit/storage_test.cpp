#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <map>
#include <random>
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

/// Three requests that are committed together, of which the second does `work` and throws: how many fail, and what is
/// stored after that.
struct GroupOutcome {
  int failed = 0;
  std::string stored;
};

GroupOutcome group_with(Store& store, const std::function<void(Transaction&)>& work) {
  const auto put = [](Transaction& tx, const char* id) {
    ResourceTable(tx, "0", "r", "s").put({"k", id, "", {}, {}, 0});
  };
  std::promise<void> begun, queued, over;
  std::atomic<int> failed = 0;
  const auto done = [&](std::exception_ptr error) { failed += error ? 1 : 0; };
  store.write(
      [&](Transaction&) {
        begun.set_value();
        queued.get_future().wait();
      },
      done);
  begun.get_future().wait();
  store.write([&](Transaction& tx) { put(tx, "a"); }, done);
  store.write(
      [&](Transaction& tx) {
        work(tx);
        put(tx, "b");
        throw std::runtime_error("late");
      },
      done);
  store.write([&](Transaction& tx) { put(tx, "c"); }, done);
  store.write([](Transaction&) {}, [&](std::exception_ptr) { over.set_value(); });
  queued.set_value();
  over.get_future().wait();
  GroupOutcome out{failed, ""};
  store.read([&](Transaction& tx) {
    for (const char* id : {"a", "b", "c", "d"}) {
      if (ResourceTable(tx, "0", "r", "s").exists("k", id)) out.stored += id;
    }
  });
  return out;
}

TEST_F(StoreTest, WhoRefusesNoMoreHasNoSavepointOfItsOwn) {
  Store store(directory_, components_);
  // Its savepoint is there when it has written before.
  const GroupOutcome alone = group_with(store, [](Transaction& tx) {
    ResourceTable(tx, "0", "r", "s").put({"k", "d", "", {}, {}, 0});
    tx.refuse_no_more();
  });
  EXPECT_EQ(alone.failed, 1);
  EXPECT_EQ(alone.stored, "ac");
  store.reset();
  const GroupOutcome together = group_with(store, [](Transaction& tx) { tx.refuse_no_more(); });
  EXPECT_EQ(together.failed, 3);
  EXPECT_EQ(together.stored, "");
  store.write([](Transaction& tx) { ResourceTable(tx, "0", "r", "s").put({"k", "a", "", {}, {}, 0}); });
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

TEST_F(StoreTest, TheLogIsStartedAnewWhileOthersRead) {
  constexpr int kCommits = 220;
  constexpr std::size_t kCommit = 1 << 20;
  constexpr std::uintmax_t kLongest = 160 << 20;  // 128 MiB, and what comes in before no reader is in the way
  Store store(directory_, components_);
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) store.read([](Transaction& tx) { ResourceTable(tx, "0", "r", "s").find("k", "a"); });
  });
  for (int n = 0; n < kCommits; ++n) {
    store.write([&](Transaction& tx) {
      ResourceTable(tx, "0", "r", "s")
          .put({"k", "a", "", std::string(kCommit, static_cast<char>('a' + n % 26)), {}, 0});
    });
  }
  done = true;
  reader.join();
  EXPECT_LT(std::filesystem::file_size(directory_ / "orrery.db-wal"), kLongest);
  store.read([](Transaction& tx) {
    const auto last = ResourceTable(tx, "0", "r", "s").find("k", "a");
    ASSERT_TRUE(last);
    EXPECT_EQ(last->document, std::string(kCommit, static_cast<char>('a' + (kCommits - 1) % 26)));
  });
}

/// The rows that a database's files have, as SQLite's own file system reads them: what a crash at this moment leaves.
std::map<std::int64_t, std::string> rows_in_copy(const std::filesystem::path& file, const std::filesystem::path& copy) {
  std::filesystem::remove(copy.string() + "-shm");
  for (const std::string end : {"", "-wal"})
    std::filesystem::copy_file(file.string() + end, copy.string() + end,
                               std::filesystem::copy_options::overwrite_existing);
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(copy.c_str(), &database), SQLITE_OK);
  std::map<std::int64_t, std::string> out;
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), "ok");
  sqlite3_finalize(statement);
  EXPECT_EQ(sqlite3_prepare_v2(database, "SELECT id, bytes FROM t", -1, &statement, nullptr), SQLITE_OK);
  while (sqlite3_step(statement) == SQLITE_ROW)
    out[sqlite3_column_int64(statement, 0)] = reinterpret_cast<const char*>(sqlite3_column_text(statement, 1));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return out;
}

TEST_F(StoreTest, EveryCommitIsInTheLog) {
  constexpr int kTransactions = 300, kIds = 40;
  constexpr std::size_t kLongest = 20'000;
  const auto file = directory_ / "t.db";
  Database database(file, Database::Mode::read_write);
  // Ten pages of cache: most transactions write pages to the log, some of them twice, before they are committed.
  database.script("PRAGMA cache_size=10; PRAGMA wal_autocheckpoint=0; CREATE TABLE t (id INTEGER PRIMARY KEY, bytes)");
  std::map<std::int64_t, std::string> expected;
  std::mt19937 random(7);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  for (int n = 0; n < kTransactions; ++n) {
    auto after = expected;
    database.script("BEGIN");
    for (auto left = below(n % 10 == 0 ? 100 : 4) + 1; left > 0; --left) {
      const auto id = static_cast<std::int64_t>(below(kIds));
      const std::string bytes(below(kLongest), static_cast<char>('a' + below(26)));
      database.execute("INSERT OR REPLACE INTO t VALUES (?, ?)", id, bytes);
      after[id] = bytes;
    }
    if (below(4) == 0) {
      database.script("ROLLBACK");
    } else {
      database.script("COMMIT");
      expected = std::move(after);
    }
    if (n % 50 == 49)
      sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
    ASSERT_EQ(rows_in_copy(file, directory_ / "copy.db"), expected) << "transaction " << n;
  }
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
