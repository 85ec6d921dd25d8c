#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "engines/authority.hpp"
#include "engines/folders.hpp"
#include "engines/pid_file.hpp"
#include "engines/reconciler.hpp"

namespace orrery::engines {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A shell script as an engine: it answers when data/answers is there, and ends on SIGTERM.
class ScriptDriver final : public Driver {
 public:
  std::vector<std::string> programs() const override { return {"sh"}; }
  std::string image(const Specification&) const override { return "script:1"; }

  void create(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    const int now = ++creating;
    int most = most_creating;
    while (now > most && !most_creating.compare_exchange_weak(most, now)) {
    }
    const std::string primary = specification.settings.value("replica_of", "");
    const auto source = primary.empty() ? std::nullopt : surroundings.source(primary);
    if (create_takes > 0ms) std::this_thread::sleep_for(create_takes);
    --creating;
    if (!primary.empty() && !source) throw std::runtime_error("the source does not run");
    if (!primary.empty() && surroundings.source(primary) != source && ++cut_off)
      throw std::runtime_error("the source went away");
    const auto outcome =
        runtime.run({{"sh", "-c", "mkdir -p data && echo " + specification.id + " >> data/history"}}, 5s);
    if (outcome.exit_code != 0) throw std::runtime_error(outcome.output);
  }

  Command command(const Specification& specification, Runtime&, Surroundings&) override {
    if (specification.settings.contains("fails")) return {{"sh", "-c", "echo FATAL: no such setting; exit 3"}};
    return {
        {"sh", "-c",
         "echo started; touch data/answers; trap 'rm data/answers; exit 0' TERM; while :; do sleep 9 & wait $!; done"}};
  }

  bool answers(const Specification&, Runtime& runtime) override {
    return fs::exists(runtime.place().outside / "data/answers");
  }
  void settle(const Specification&, Runtime&, Surroundings&) override {
    if (connections_lost-- > 0) throw std::runtime_error("lost connection");
  }
  std::string version(Runtime&) override { return "1.2.3"; }

  Change change(const Specification&, const Specification& after, Runtime&, Surroundings&) override {
    ++changes;
    return after.settings.contains("static") ? Change::restart : Change::applied;
  }
  int stop_signal() const override { return SIGTERM; }

  void copy(const Specification&, Runtime& runtime, Surroundings&, const fs::path& to) override {
    runtime.copy_folder(runtime.place().outside / "data", to);
    fs::remove(to / "answers");
  }

  std::chrono::milliseconds create_takes{0};
  std::atomic<int> changes{0}, creating{0}, most_creating{0}, cut_off{0}, connections_lost{0};
};

class EnginesTest : public ::testing::Test {
 protected:
  EnginesTest() {
    std::string pattern = (fs::temp_directory_path() / "orrery-engines-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());  // 0700: as root, its engines' user cannot pass it by its own rights
  }
  ~EnginesTest() override {
    supervisor_.reset();
    fs::remove_all(directory_);
  }

  Reconciler& supervisor() {
    if (!supervisor_) {
      const Log log = [](Severity, const std::string&) {};
      Options options;
      options.engines = "native";
      const auto choice = std::make_shared<const Choice>(options, Drivers{{"script", driver_}},
                                                         native_machine(directory_ / "engines" / ".run", log), nullptr);
      supervisor_ =
          std::make_unique<Reconciler>(Reconciler::Parts{directory_, choice, open_authority(directory_ / "tls"),
                                                         [this] {
                                                           const std::lock_guard guard(mutex_);
                                                           return wanted_;
                                                         },
                                                         options, log});
      supervisor_->start();
    }
    return *supervisor_;
  }

  void name(Wanted wanted) {
    {
      const std::lock_guard guard(mutex_);
      wanted_ = std::move(wanted);
    }
    supervisor().poke();
  }

  void want(Wanted wanted) {
    name(std::move(wanted));
    ASSERT_TRUE(supervisor().settled(20'000)) << supervisor().describe().dump(2);
  }

  /// As a crash: no process is ended in order, and the next server finds what is there.
  void restart() { supervisor_.reset(); }

  static Specification engine(const std::string& id, Json settings = Json::object()) {
    Specification specification;
    specification.id = id;
    specification.software = "script";
    specification.version = "1";
    specification.host = "127.16.0.1";
    specification.port = 4000;
    specification.settings = std::move(settings);
    return specification;
  }

  fs::path folder(const std::string& id) const { return folder_of(directory_ / "engines", id); }
  PidFile process(const std::string& id) const {
    return read_pid_file(directory_ / "engines/.run" / (file_name_of(id) + ".pid")).value_or(PidFile{});
  }
  Phase phase(const std::string& id) { return supervisor().status(id).phase; }

  /// Waits until `condition` holds.
  template <typename F>
  static bool soon(F condition) {
    for (int i = 0; i < 1000; ++i, std::this_thread::sleep_for(10ms)) {
      if (condition()) return true;
    }
    return false;
  }

  fs::path directory_;
  std::shared_ptr<ScriptDriver> driver_ = std::make_shared<ScriptDriver>();
  std::mutex mutex_;
  Wanted wanted_;
  std::unique_ptr<Reconciler> supervisor_;
};

TEST_F(EnginesTest, StartsWhatIsWantedAndRemovesWhatIsNot) {
  want({{engine("rds/0/a")}, {}});
  const Status status = supervisor().status("rds/0/a");
  EXPECT_EQ(status.phase, Phase::running);
  EXPECT_EQ(status.version, "1.2.3");
  EXPECT_EQ(status.backend, "native");
  const PidFile running = process("rds/0/a");
  EXPECT_TRUE(still_runs(running));
  want({});
  EXPECT_EQ(phase("rds/0/a"), Phase::unknown);
  EXPECT_FALSE(still_runs(running));
  EXPECT_FALSE(fs::exists(directory_ / "engines/rds"));
  EXPECT_TRUE(fs::is_empty(directory_ / "engines/.run"));
  EXPECT_TRUE(fs::is_empty(directory_ / "engines/.records"));
}

TEST_F(EnginesTest, AChangeKeepsTheProcessAndAGenerationDoesNot) {
  want({{engine("a")}, {}});
  const pid_t first = process("a").pid;
  want({{engine("a", {{"password", "b"}})}, {}});
  EXPECT_EQ(driver_->changes, 1);
  EXPECT_EQ(process("a").pid, first);
  EXPECT_EQ(supervisor().status("a").settings, Json({{"password", "b"}}));
  want({{engine("a", {{"static", "b"}})}, {}});
  const pid_t second = process("a").pid;
  EXPECT_NE(second, first);
  Specification rebooted = engine("a", {{"static", "b"}});
  rebooted.generation = 1;
  want({{rebooted}, {}});
  EXPECT_NE(process("a").pid, second);
  EXPECT_EQ(supervisor().status("a").generation, 1);
}

TEST_F(EnginesTest, StopsAndStartsWithItsData) {
  want({{engine("a")}, {}});
  const PidFile running = process("a");
  Specification stopped = engine("a");
  stopped.desired = Desired::stopped;
  want({{stopped}, {}});
  EXPECT_EQ(phase("a"), Phase::stopped);
  EXPECT_FALSE(still_runs(running));
  want({{engine("a")}, {}});
  EXPECT_EQ(phase("a"), Phase::running);
  EXPECT_EQ(read_file(folder("a") / "data/history"), "a\n");  // made once
}

TEST_F(EnginesTest, AFailureShowsTheLogAndAnotherSpecificationHealsIt) {
  want({{engine("a", {{"fails", true}})}, {}});
  const Status status = supervisor().status("a");
  EXPECT_EQ(status.phase, Phase::failed);
  EXPECT_NE(status.detail.find("FATAL: no such setting"), std::string::npos) << status.detail;
  want({{engine("a")}, {}});
  EXPECT_EQ(phase("a"), Phase::running);
}

TEST_F(EnginesTest, AConnectionLostWhileItIsSettledIsMadeOnceMore) {
  driver_->connections_lost = 1;
  want({{engine("a")}, {}});
  EXPECT_EQ(phase("a"), Phase::running);
  driver_->connections_lost = 2;
  want({{engine("b")}, {}});
  EXPECT_EQ(phase("b"), Phase::failed);
  EXPECT_EQ(supervisor().status("b").detail.find("lost connection"), 0U) << supervisor().status("b").detail;
}

TEST_F(EnginesTest, WhatDiesIsStartedAgainAndGivenUpInTheEnd) {
  want({{engine("a")}, {}});
  const pid_t first = process("a").pid;
  ::kill(first, SIGKILL);
  EXPECT_TRUE(soon([&] { return phase("a") == Phase::running && process("a").pid != first && process("a").pid != 0; }));
  EXPECT_TRUE(soon([&] {
    if (const pid_t pid = process("a").pid; pid != 0) ::kill(pid, SIGKILL);
    return phase("a") == Phase::failed;
  }));
  EXPECT_NE(supervisor().status("a").detail.find("died"), std::string::npos);
}

TEST_F(EnginesTest, AFinalCopyIsMadeAndANewEngineStartsFromIt) {
  want({{engine("a")}, {}});
  want({{}, {{"snap/one", "a", ""}}});
  EXPECT_EQ(phase("a"), Phase::unknown);
  EXPECT_FALSE(fs::exists(folder("a")));
  const CopyStatus copy = supervisor().copy_status("snap/one");
  EXPECT_EQ(copy.phase, CopyPhase::complete) << copy.detail;
  EXPECT_EQ(copy.bytes, 2u);
  restart();
  Specification restored = engine("b");
  restored.restore_from = "snap/one";
  want({{restored}, {{"snap/one", "a", ""}, {"snap/two", "", "snap/one"}}});
  EXPECT_EQ(phase("b"), Phase::running);
  EXPECT_EQ(read_file(folder("b") / "data/history"), "a\nb\n");
  EXPECT_EQ(read_file(directory_ / "copies/snap/two/data/history"), "a\n");
  want({});
  EXPECT_FALSE(fs::exists(directory_ / "copies/snap"));
}

TEST_F(EnginesTest, WithoutItsCopyOrSourceANewEngineFails) {
  Specification restored = engine("b");
  restored.restore_from = "snap/none";
  want({{restored}, {{"snap/late", "nobody", ""}}});
  EXPECT_EQ(phase("b"), Phase::failed);
  EXPECT_EQ(supervisor().copy_status("snap/late").phase, CopyPhase::failed);
}

TEST_F(EnginesTest, AReplicaWaitsForItsSource) {
  driver_->create_takes = 200ms;
  want({{engine("a/replica", {{"replica_of", "z/primary"}}), engine("z/primary")}, {}});
  EXPECT_EQ(phase("a/replica"), Phase::running) << supervisor().status("a/replica").detail;
}

TEST_F(EnginesTest, AReplicaWaitsForASourceThatIsAboutToRestart) {
  Specification primary = engine("z/primary");
  want({{primary}, {}});
  driver_->create_takes = 500ms;
  primary.generation = 1;
  want({{engine("a/replica", {{"replica_of", "z/primary"}}), primary}, {}});
  EXPECT_EQ(phase("a/replica"), Phase::running) << supervisor().status("a/replica").detail;
  EXPECT_EQ(driver_->cut_off, 0);
}

TEST_F(EnginesTest, AReplicaWhoseSourceRestartsMeanwhileBeginsAnew) {
  Specification primary = engine("z/primary");
  const Specification replica = engine("a/replica", {{"replica_of", "z/primary"}});
  want({{primary}, {}});
  driver_->create_takes = 500ms;
  name({{replica, primary}, {}});
  ASSERT_TRUE(soon([&] { return driver_->creating == 1; }));
  primary.generation = 1;
  name({{replica, primary}, {}});
  ASSERT_TRUE(soon([&] { return phase("a/replica") == Phase::running || phase("a/replica") == Phase::failed; }));
  EXPECT_EQ(phase("a/replica"), Phase::running) << supervisor().status("a/replica").detail;
  EXPECT_EQ(driver_->cut_off, 1);
}

TEST_F(EnginesTest, AReplicaStartsAgainWhenItsSourceMoves) {
  const Specification replica = engine("replica", {{"replica_of", "primary"}});
  want({{engine("primary"), replica}, {}});
  const pid_t first = process("replica").pid;
  Specification moved = engine("primary");
  moved.port = 4001;
  want({{moved, replica}, {}});
  EXPECT_NE(process("replica").pid, first);
  EXPECT_EQ(phase("replica"), Phase::running);
}

TEST_F(EnginesTest, ARestartedServerStartsAgainAndRemovesWhatNobodyNames) {
  want({{engine("a"), engine("b")}, {}});
  const PidFile a = process("a");
  restart();
  EXPECT_FALSE(still_runs(a));
  EXPECT_TRUE(fs::exists(folder("b")));
  want({{engine("a")}, {}});
  EXPECT_EQ(phase("a"), Phase::running);
  EXPECT_EQ(read_file(folder("a") / "data/history"), "a\n");
  EXPECT_FALSE(fs::exists(folder("b")));
}

TEST_F(EnginesTest, TwentyStartSideBySide) {
  driver_->create_takes = 300ms;
  Wanted wanted;
  for (int i = 0; i < 20; ++i) wanted.engines.push_back(engine("many/" + std::to_string(i)));
  want(wanted);
  EXPECT_GE(driver_->most_creating, 10);
  for (const auto& each : wanted.engines) EXPECT_EQ(phase(each.id), Phase::running);
}

TEST_F(EnginesTest, LogsAreReadInPartsAndNothingElseIs) {
  want({{engine("a")}, {}});
  const auto files = supervisor().log_files("a");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].name, "console.log");
  EXPECT_EQ(files[0].bytes, 8u);
  EXPECT_EQ(supervisor().log_text("a", "console.log", 2, 3), "art");
  EXPECT_EQ(supervisor().log_text("a", "console.log", 100, 3), "");
  EXPECT_THROW(supervisor().log_text("a", "../data/history", 0, 3), std::out_of_range);
  fs::create_symlink("/etc/passwd", folder("a") / "log/link.log");
  EXPECT_THROW(supervisor().log_text("a", "link.log", 0, 3), std::out_of_range);
}

}  // namespace
}  // namespace orrery::engines
