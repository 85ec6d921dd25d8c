#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "engines/authority.hpp"
#include "engines/folders.hpp"
#include "engines/launch.hpp"
#include "engines/leases.hpp"
#include "engines/machine.hpp"
#include "engines/pid_file.hpp"

namespace orrery::engines {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Sleeper final : public Driver {
 public:
  std::vector<std::string> programs() const override { return {"sh", "sleep"}; }
  std::string image(const Specification&) const override { return "sleeper"; }
  void create(const Specification&, Runtime&, Surroundings&) override {}
  Command command(const Specification&, Runtime&, Surroundings&) override { return {{"sleep", "100"}}; }
  bool answers(const Specification&, Runtime&) override { return true; }
  void settle(const Specification&, Runtime&, Surroundings&) override {}
  std::string version(Runtime&) override { return "1"; }
  Change change(const Specification&, const Specification&, Runtime&, Surroundings&) override {
    return Change::applied;
  }
  int stop_signal() const override { return SIGTERM; }
  void copy(const Specification&, Runtime&, Surroundings&, const fs::path&) override {}
};

class NativeTest : public ::testing::Test {
 protected:
  NativeTest() {
    std::string pattern = (fs::temp_directory_path() / "orrery-native-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    fs::create_directory(directory_ / ".run");
    machine_ = native_machine(directory_ / ".run", [](Severity, const std::string&) {});
    specification_.id = "a";
    specification_.software = "sleeper";
  }
  ~NativeTest() override {
    machine_.reset();
    fs::remove_all(directory_);
  }
  std::unique_ptr<Runtime> runtime() { return machine_->runtime(specification_, driver_, directory_ / "a"); }

  static bool ends_soon(const PidFile& process) {
    for (int i = 0; i < 500 && still_runs(process); ++i) std::this_thread::sleep_for(10ms);
    return !still_runs(process);
  }

  fs::path directory_;
  Sleeper driver_;
  Specification specification_;
  std::unique_ptr<Machine> machine_;
};

TEST_F(NativeTest, RunsCommandsWithInputAndTellsHowTheyEnd) {
  const auto runtime = this->runtime();
  const Outcome echoed =
      runtime->run({{"sh", "-c", "cat; echo $GREETING >&2; exit 4"}, {{"GREETING", "hello"}}, "input\n"}, 5s);
  EXPECT_EQ(echoed.exit_code, 4);
  EXPECT_EQ(echoed.output, "input\nhello\n");
  const std::string large(300'000, 'x');
  EXPECT_EQ(runtime->run({{"sh", "-c", "cat"}, {}, large}, 5s).output.size(), 64u * 1024);
  const Outcome late = runtime->run({{"sh", "-c", "sleep 20 & sleep 20"}}, 1s);
  EXPECT_EQ(late.exit_code, 128 + SIGKILL);
  EXPECT_THROW(runtime->run({{"no-such-program"}}, 1s), std::runtime_error);
}

TEST_F(NativeTest, ChildrenGetNothingOfOurs) {
  ::setenv("ORRERY_SECRET", "leaks", 1);
  const int open = ::fcntl(2, F_DUPFD, 20);  // inheritable, as Asio's sockets are; the shell itself uses 3
  ASSERT_GE(open, 20);
  const Outcome seen = runtime()->run({{"sh", "-c", "env; for f in /proc/$$/fd/*; do echo fd ${f##*/}; done"}}, 5s);
  ::close(open);
  EXPECT_EQ(seen.output.find("ORRERY_SECRET"), std::string::npos) << seen.output;
  EXPECT_NE(seen.output.find("fd 2\n"), std::string::npos) << seen.output;
  EXPECT_EQ(seen.output.find("fd " + std::to_string(open)), std::string::npos) << seen.output;
}

TEST_F(NativeTest, AsRootItRunsAsAnotherUserBelowAClosedFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "not root";
  const auto runtime = this->runtime();
  ASSERT_FALSE(can_traverse(user_for("sleeper"), directory_ / "a"));
  const Outcome who =
      runtime->run({{"sh", "-c", "id -un; pwd; echo mine > data.txt; ls " + (directory_ / "a").string()}}, 5s);
  EXPECT_TRUE(who.output.starts_with("nobody\n" + (directory_ / "a").string() + "\n")) << who.output;
  EXPECT_NE(who.output.find("data.txt"), std::string::npos) << who.output;
  struct stat status {};
  ASSERT_EQ(::stat((directory_ / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  EXPECT_EQ(status.st_uid, user_for("sleeper").uid);
  // It may pass and read, not write.
  EXPECT_NE(runtime->run({{"sh", "-c", "echo x > " + (directory_ / "other").string()}}, 5s).exit_code, 0);
}

TEST_F(NativeTest, StopsInOrderOrByForce) {
  const auto runtime = this->runtime();
  runtime->start({{"sleep", "100"}});
  EXPECT_TRUE(runtime->alive());
  const auto process = read_pid_file(directory_ / ".run/a.pid");
  ASSERT_TRUE(process && still_runs(*process));
  runtime->stop(SIGTERM, 5s);
  EXPECT_FALSE(still_runs(*process));
  EXPECT_FALSE(fs::exists(directory_ / ".run/a.pid"));
  runtime->start({{"sh", "-c", "trap '' TERM; while :; do sleep 1; done"}});
  std::this_thread::sleep_for(100ms);
  runtime->stop(SIGTERM, 1s);
  EXPECT_FALSE(runtime->alive());
}

TEST_F(NativeTest, EndsWhatAnEarlierServerLeftAndNoProcessWithAReusedId) {
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setpgid(0, 0);
      ::execl("/bin/sleep", "sleep", "100", nullptr);
      ::_exit(1);
    }
    children.push_back(child);
  }
  std::this_thread::sleep_for(50ms);
  const PidFile left{children[0], start_time(children[0]), SIGTERM},
      reused{children[1], start_time(children[1]) - 1, SIGTERM};
  write_pid_file(directory_ / ".run/left.pid", left);
  write_pid_file(directory_ / ".run/reused.pid", reused);
  machine_->end_leftovers();
  EXPECT_FALSE(still_runs(left));
  EXPECT_TRUE(still_runs({children[1], start_time(children[1]), SIGTERM}));
  EXPECT_TRUE(fs::is_empty(directory_ / ".run"));
  ::kill(children[1], SIGKILL);
  for (const pid_t child : children) ::waitpid(child, nullptr, 0);
}

#ifdef __linux__
TEST_F(NativeTest, AServerThatIsKilledTakesItsEnginesAlong) {
  const pid_t server = ::fork();
  if (server == 0) {
    const auto machine = native_machine(directory_ / ".run", [](Severity, const std::string&) {});
    const auto engine = machine->runtime(specification_, driver_, directory_ / "b");
    engine->start({{"sleep", "100"}});
    ::raise(SIGKILL);
  }
  ::waitpid(server, nullptr, 0);
  const auto process = read_pid_file(directory_ / ".run/a.pid");
  ASSERT_TRUE(process);
  EXPECT_TRUE(ends_soon(*process));
}
#endif

class LeasesTest : public ::testing::Test {
 protected:
  LeasesTest() {
    std::string pattern = (fs::temp_directory_path() / "orrery-leases-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    store_.emplace(directory_, components_);
  }
  ~LeasesTest() override {
    store_.reset();
    fs::remove_all(directory_);
  }
  Supervisor::Lease lease(const Options& options, const std::string& id, std::uint16_t port) {
    Supervisor::Lease out;
    store_->write([&](storage::Transaction& tx) { out = Leases(options, directory_).lease(tx, id, port); });
    return out;
  }

  fs::path directory_;
  const std::vector<storage::Migrations> components_{Supervisor::migrations};
  std::optional<storage::Store> store_;
};

#ifdef __linux__
TEST_F(LeasesTest, EachEngineHasAnAddressOfItsOwnWithTheAskedPort) {
  const auto a = lease({}, "a", 45432), b = lease({}, "b", 45432);
  EXPECT_EQ(a.listen.port, 45432);
  EXPECT_EQ(b.listen.port, 45432);
  EXPECT_NE(a.listen.host, b.listen.host);
  EXPECT_FALSE(a.listen.host.starts_with("127.0.0."));
  EXPECT_EQ(a.advertised.host, a.listen.host);
  const auto again = lease({}, "a", 45432), moved = lease({}, "a", 45433);
  EXPECT_EQ(again.listen.host, a.listen.host);
  EXPECT_EQ(moved.listen.host, a.listen.host);
  EXPECT_EQ(moved.listen.port, 45433);
}
#endif

TEST_F(LeasesTest, PortsOfARangeAreGivenUntilNoneIsLeft) {
  Options options;
  options.engine_ports = "25610-25611";  // below the ports that the system gives to clients
  options.advertise_host = "orrery.test";
  const auto a = lease(options, "a", 5432), b = lease(options, "b", 5432);
  EXPECT_EQ(a.advertised.host, "orrery.test");
  EXPECT_EQ(a.listen.host, "127.0.0.1");
  EXPECT_NE(a.advertised.port, b.advertised.port);
  EXPECT_THROW(lease(options, "c", 5432), std::runtime_error);
  EXPECT_EQ(lease(options, "a", 6000).advertised.port, a.advertised.port);
  store_->write([&](storage::Transaction& tx) { Leases(options, directory_).release(tx, "b"); });
  EXPECT_EQ(lease(options, "c", 5432).advertised.port, b.advertised.port);
  options.engine_ports = "25610";
  EXPECT_THROW(lease(options, "d", 5432), std::runtime_error);
}

TEST(AuthorityTest, IsTheSameAfterARestartAndIssuesForNamesAndAddresses) {
  std::string pattern = (fs::temp_directory_path() / "orrery-authority-XXXXXX").string();
  const fs::path directory = ::mkdtemp(pattern.data());
  const auto authority = open_authority(directory / "tls");
  authority->leaf(directory / "leaf", {"127.16.0.1", "db.example.internal"});
  write_file(directory / "bundle.pem", authority->bundle());
  EXPECT_EQ(open_authority(directory / "tls")->bundle(), authority->bundle());
  struct stat status {};
  ASSERT_EQ(::stat((directory / "tls/ca.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto verify = [&](const std::string& check) {
    return ::system(("openssl verify -CAfile " + (directory / "bundle.pem").string() + " " + check + " " +
                     (directory / "leaf/server.crt").string() + " >/dev/null 2>&1")
                        .c_str()) == 0;
  };
  EXPECT_TRUE(verify("-verify_ip 127.16.0.1"));
  EXPECT_TRUE(verify("-verify_hostname db.example.internal"));
  EXPECT_FALSE(verify("-verify_hostname other.example.internal"));
  fs::remove_all(directory);
}

}  // namespace
}  // namespace orrery::engines
