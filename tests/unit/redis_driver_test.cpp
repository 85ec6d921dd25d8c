// The Redis driver against the machine's redis-server, in processes of this test.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "aws/certificate.hpp"
#include "engines/authority.hpp"
#include "engines/folders.hpp"
#include "engines/redis.hpp"

namespace orrery::engines {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// An address of this process' own: tests run side by side, and an engine must not meet another test's.
std::string address(int number) {
  const int id = getpid();
  return "127." + std::to_string(128 + (id >> 8) % 127) + "." + std::to_string(id & 255) + "." + std::to_string(number);
}

/// A plain child process. Engines of this test listen on addresses of their own.
class Child final : public Runtime {
 public:
  explicit Child(const Place& place) : place_(place) {}
  ~Child() override { Child::stop(SIGKILL, 5s); }
  const Place& place() const override { return place_; }

  Outcome run(const Command& command, std::chrono::seconds) override {
    const fs::path out = place_.outside / "out";
    pid_t pid = spawn(command, out);
    int status = 0;
    waitpid(pid, &status, 0);
    std::ifstream file(out);
    return {WEXITSTATUS(status), {std::istreambuf_iterator<char>(file), {}}};
  }
  void start(const Command& command) override { pid_ = spawn(command, place_.outside / "console.log"); }
  bool alive() override {
    if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
    return pid_ > 0;
  }
  void stop(int signal, std::chrono::seconds limit) override {
    if (!alive()) return;
    kill(pid_, signal);
    for (const auto end = std::chrono::steady_clock::now() + limit; alive() && std::chrono::steady_clock::now() < end;)
      std::this_thread::sleep_for(2ms);
    if (!alive()) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  void signal(int signal) override { kill(pid_, signal); }
  void hand_over(const fs::path&) override {}
  void copy_folder(const fs::path& from, const fs::path& to) override {
    fs::copy(from, to, fs::copy_options::recursive);
  }

 private:
  static pid_t spawn(const Command& command, const fs::path& out) {
    std::vector<char*> argv;
    for (const std::string& argument : command.argv) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = fork();
    if (pid != 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(file, 1);
    dup2(file, 2);
    execvp(argv[0], argv.data());
    _exit(127);
  }

  Place place_;
  pid_t pid_ = 0;
};

class RedisDriverTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("redis-server --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no redis-server";
    std::string pattern = (fs::temp_directory_path() / "orrery-redis-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    authority_ = open_authority(folder_ / "authority");
    around_ = std::make_unique<Surroundings>(Surroundings{
        *authority_, nullptr, [](const std::string& line) { std::cout << "  log: " << line << std::endl; }});
  }
  void TearDown() override {
    engines_.clear();
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  struct Engine {
    Specification spec;
    std::unique_ptr<Child> child;
  };

  static constexpr std::uint16_t kPort = 7379;

  Engine& add(int number, Json settings) {
    Engine& engine = engines_[number];
    engine.spec.id = "e" + std::to_string(number);
    engine.spec.software = "redis";
    engine.spec.version = "7.0";
    engine.spec.host = address(number);
    engine.spec.port = kPort;
    settings["secret"] = "manager-secret";
    for (int i = 1; i < 5; ++i) settings["addresses"]["e" + std::to_string(i)] = {address(i), kPort};
    engine.spec.settings = settings;
    const fs::path place = folder_ / engine.spec.id;
    fs::create_directories(place);
    engine.child = std::make_unique<Child>(Place{place, place, engine.spec.host, kPort, engine.spec.host, kPort});
    driver_->create(engine.spec, *engine.child, *around_);
    return engine;
  }

  void start(Engine& engine) {
    engine.child->start(driver_->command(engine.spec, *engine.child, *around_));
    ASSERT_TRUE(redis::wait_for(5s, [&] { return driver_->answers(engine.spec, *engine.child); }))
        << std::ifstream(engine.child->place().outside / "console.log").rdbuf();
  }
  void settle(Engine& engine) { driver_->settle(engine.spec, *engine.child, *around_); }
  void run(Engine& engine) {
    start(engine);
    settle(engine);
  }
  void change(Engine& engine, const std::function<void(Json&)>& edit) {
    const Specification before = engine.spec;
    edit(engine.spec.settings);
    ASSERT_EQ(driver_->change(before, engine.spec, *engine.child, *around_), Driver::Change::applied);
  }

  redis::Client client(const std::string& host, const std::string& password = "", const std::string& user = "") {
    return redis::Client({host, kPort, tls_ ? authority_->bundle() : "", user, password});
  }
  redis::Client client(const Engine& engine) { return client(engine.spec.host); }

  fs::path folder_;
  bool tls_ = false;
  std::unique_ptr<Authority> authority_;
  std::unique_ptr<Surroundings> around_;
  std::unique_ptr<Driver> driver_ = redis_driver();
  std::map<int, Engine> engines_;
};

TEST_F(RedisDriverTest, ACertificateIsKeptForHalfAYear) {
  Engine& one = add(1, {{"tls", "required"}});
  const fs::path file = one.child->place().outside / "tls" / "server.crt";
  const auto configured = [&] {
    driver_->command(one.spec, *one.child, *around_);
    return read_file(file);
  };
  const std::string first = configured();
  EXPECT_EQ(configured(), first);
  aws::CertificateRequest short_lived{.organization = "", .common_name = "one", .alternative_names = {}};
  short_lived.from = std::time(nullptr) - 60;
  short_lived.seconds = 86'400;
  std::ofstream(file) << aws::self_signed(short_lived).certificate;
  const std::string renewed = configured();
  EXPECT_NE(renewed, first);
  EXPECT_TRUE(aws::good_until(renewed, std::time(nullptr) + 180 * 86'400));
  EXPECT_EQ(configured(), renewed);
}

TEST_F(RedisDriverTest, OneNodeKeepsItsDataAndHasNoRestrictedCommands) {
  Engine& one = add(1, {{"parameters", {{"maxmemory-policy", "volatile-lru"}, {"databases", "3"}}}});
  run(one);
  EXPECT_EQ(driver_->version(*one.child).substr(0, 2), "7.");
  redis::Client open = client(one);
  EXPECT_EQ(open.demand({"SET", "k", "v"}).text, "OK");
  EXPECT_NE(open.call({"CONFIG", "GET", "*"}).text.find("NOPERM"), std::string::npos);
  EXPECT_NE(open.call({"ACL", "SETUSER", "x"}).text.find("NOPERM"), std::string::npos);
  EXPECT_NE(open.call({"SHUTDOWN"}).text.find("NOPERM"), std::string::npos);
  EXPECT_EQ(open.demand({"ACL", "WHOAMI"}).text, "default");
  EXPECT_EQ(redis::info(open, "memory", "maxmemory_policy"), "volatile-lru");
  EXPECT_TRUE(open.call({"SELECT", "3"}).failed());
  one.child->stop(SIGKILL, 5s);
  run(one);
  EXPECT_EQ(client(one).demand({"GET", "k"}).text, "v");
  one.child->stop(driver_->stop_signal(), 5s);
  run(one);
  EXPECT_EQ(client(one).demand({"GET", "k"}).text, "v");
}

TEST_F(RedisDriverTest, TokensRotateOverTls) {
  tls_ = true;
  Engine& one = add(1, {{"tls", "required"}, {"auth_tokens", {"first-token"}}});
  run(one);
  EXPECT_EQ(client(one.spec.host, "first-token").demand({"PING"}).text, "PONG");
  EXPECT_THROW(client(one.spec.host, "second-token"), redis::ClientError);
  EXPECT_TRUE(client(one).call({"PING"}).failed());
  change(one, [](Json& settings) { settings["auth_tokens"] = {"second-token", "first-token"}; });
  EXPECT_EQ(client(one.spec.host, "first-token").demand({"PING"}).text, "PONG");
  EXPECT_EQ(client(one.spec.host, "second-token").demand({"PING"}).text, "PONG");
  change(one, [](Json& settings) { settings["auth_tokens"] = {"second-token"}; });
  EXPECT_THROW(client(one.spec.host, "first-token"), redis::ClientError);
  change(one, [](Json& settings) { settings["auth_tokens"] = Json::array(); });
  EXPECT_EQ(client(one).demand({"PING"}).text, "PONG");
  tls_ = false;
  EXPECT_THROW(client(one).call({"PING"}), redis::ClientError);
}

TEST_F(RedisDriverTest, UsersAreAcls) {
  const std::string digest = "ef92b778bafe771e89245b89ecbc08a44a4e166c06659911881f383d4473e94f";  // password123
  Engine& one =
      add(1, {{"users",
               {{{"name", "default"}, {"enabled", false}, {"access", "off ~* -@all"}},
                {{"name", "app"}, {"passwords_sha256", {digest}}, {"access", "on ~app:* +@all (+get ~other:*)"}},
                {{"name", "odd"}, {"passwords_sha256", {digest}}, {"access", "on +nosuchcommand"}}}}});
  run(one);
  EXPECT_TRUE(client(one).call({"PING"}).failed());
  redis::Client app = client(one.spec.host, "password123", "app");
  EXPECT_EQ(app.demand({"SET", "app:1", "x"}).text, "OK");
  EXPECT_TRUE(app.call({"SET", "other:1", "x"}).failed());
  EXPECT_FALSE(app.call({"GET", "other:1"}).failed());
  EXPECT_TRUE(app.call({"CONFIG", "GET", "*"}).failed());
  EXPECT_THROW(client(one.spec.host, "password123", "odd"), redis::ClientError);
  change(one, [](Json& settings) { settings.erase("users"); });
  EXPECT_THROW(client(one.spec.host, "password123", "app"), redis::ClientError);
  EXPECT_EQ(client(one).demand({"PING"}).text, "PONG");
}

TEST_F(RedisDriverTest, ReplicasFollowAndTakeOver) {
  tls_ = true;
  const Json names{address(9)};  // certificates name it wherever it is, as it moves
  Engine& one = add(1, {{"tls", "required"}, {"names", names}, {"listen", {address(9)}}});
  Engine& two = add(2, {{"tls", "required"}, {"names", names}, {"replica_of", "e1"}});
  Engine& three = add(3, {{"tls", "required"}, {"names", names}, {"replica_of", "e1"}});
  for (Engine* engine : {&one, &two, &three}) run(*engine);
  client(address(9)).demand({"SET", "k", "v"});
  for (Engine* engine : {&two, &three})
    EXPECT_TRUE(redis::wait_for(10s, [&] { return client(*engine).demand({"GET", "k"}).text == "v"; }));
  EXPECT_NE(client(two).call({"SET", "k", "w"}).text.find("READONLY"), std::string::npos);

  // All three change at the same time, as the supervisor lets them.
  std::vector<std::thread> threads;
  const auto begin = std::chrono::steady_clock::now();
  threads.emplace_back([&] {
    change(one, [](Json& s) {
      s["replica_of"] = "e2";
      s.erase("listen");
    });
  });
  threads.emplace_back([&] {
    change(two, [](Json& s) {
      s.erase("replica_of");
      s["listen"] = {address(9)};
    });
  });
  threads.emplace_back([&] { change(three, [](Json& s) { s["replica_of"] = "e2"; }); });
  for (std::thread& thread : threads) thread.join();
  std::cout << "  failover: "
            << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count()
            << " ms\n";
  client(address(9)).demand({"SET", "k", "after"});
  EXPECT_EQ(client(two).demand({"GET", "k"}).text, "after");
  for (Engine* engine : {&one, &three})
    EXPECT_TRUE(redis::wait_for(10s, [&] { return client(*engine).demand({"GET", "k"}).text == "after"; }));

  // The primary dies; the replica is told to lead.
  two.child->stop(SIGKILL, 5s);
  change(three, [](Json& s) {
    s.erase("replica_of");
    s["listen"] = {address(9)};
  });
  EXPECT_EQ(client(address(9)).demand({"SET", "k", "third"}).text, "OK");
}

TEST_F(RedisDriverTest, CopiesStartOthers) {
  Engine& one = add(1, Json::object());
  run(one);
  client(one).demand({"SET", "k", "v"});
  const fs::path copy = folder_ / "copy";
  driver_->copy(one.spec, *one.child, *around_, copy);
  client(one).demand({"SET", "k", "later"});
  Engine& two = add(2, Json::object());
  fs::copy(copy, two.child->place().outside / "data",
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  run(two);
  EXPECT_EQ(client(two).demand({"GET", "k"}).text, "v");
  client(two).demand({"SET", "more", "x"});
  ASSERT_TRUE(redis::wait_for(
      5s, [&] { return fs::exists(two.child->place().outside / "data/appendonlydir/appendonly.aof.manifest"); }));
  two.child->stop(SIGKILL, 5s);
  run(two);
  EXPECT_EQ(client(two).demand({"GET", "more"}).text, "x");
  one.child->stop(SIGTERM, 5s);
  driver_->copy(one.spec, *one.child, *around_, folder_ / "copy2");
  Engine& three = add(3, Json::object());
  fs::copy(folder_ / "copy2", three.child->place().outside / "data",
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  run(three);
  EXPECT_EQ(client(three).demand({"GET", "k"}).text, "later");
}

TEST_F(RedisDriverTest, ShardsFormAClusterAndMoveSlots) {
  const auto node = [](int first, int last, const char* primary) {
    Json settings{{"cluster", {{"slots", Json::array({Json::array({first, last})})}, {"nodes", {"e1", "e2", "e3"}}}}};
    if (primary != nullptr) settings["cluster"]["replica_of"] = primary;
    return settings;
  };
  Engine& one = add(1, node(0, 8191, nullptr));
  Engine& two = add(2, node(8192, 16383, nullptr));
  Engine& three = add(3, node(0, 8191, "e1"));
  const auto begin = std::chrono::steady_clock::now();
  for (Engine* engine : {&one, &two, &three}) start(*engine);  // here: a child lives no longer than the thread it is of
  std::vector<std::thread> threads;
  for (Engine* engine : {&one, &two, &three}) threads.emplace_back([this, engine] { settle(*engine); });
  for (std::thread& thread : threads) thread.join();
  std::cout << "  cluster: "
            << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count()
            << " ms\n";
  EXPECT_NE(client(two).demand({"CLUSTER", "INFO"}).text.find("cluster_state:ok"), std::string::npos);
  EXPECT_EQ(client(two).demand({"SET", "foo", "bar"}).text, "OK");  // slot 12182
  EXPECT_NE(client(one).call({"GET", "foo"}).text.find("MOVED"), std::string::npos);
  EXPECT_FALSE(redis::role_of(*std::make_unique<redis::Client>(client(three))).primary);

  // The replica of the first shard takes over.
  threads.clear();
  threads.emplace_back([&] { change(one, [](Json& s) { s["cluster"]["replica_of"] = "e3"; }); });
  threads.emplace_back([&] { change(three, [](Json& s) { s["cluster"].erase("replica_of"); }); });
  for (std::thread& thread : threads) thread.join();
  redis::Client third = client(three);
  EXPECT_TRUE(redis::role_of(third).primary);
  EXPECT_EQ(third.demand({"SET", "b", "1"}).text, "OK");  // slot 3300

  // Three shards of what were two; the slots move with their keys.
  threads.clear();
  Engine& four = add(4, node(10923, 16383, nullptr));
  four.spec.settings["cluster"]["nodes"] = {"e1", "e2", "e3", "e4"};
  const auto grow = [&](Engine& engine, int first, int last) {
    change(engine, [&](Json& s) {
      s["cluster"]["nodes"] = {"e1", "e2", "e3", "e4"};
      s["cluster"]["slots"] = Json::array({Json::array({first, last})});
    });
  };
  const auto reshard = std::chrono::steady_clock::now();
  threads.emplace_back([&] { grow(one, 0, 5461); });
  threads.emplace_back([&] { grow(three, 0, 5461); });
  threads.emplace_back([&] { grow(two, 5462, 10922); });
  start(four);
  threads.emplace_back([&] { settle(four); });
  for (std::thread& thread : threads) thread.join();
  std::cout << "  reshard: "
            << std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - reshard).count()
            << " ms\n";
  EXPECT_EQ(client(four).demand({"GET", "foo"}).text, "bar");
  EXPECT_NE(client(two).call({"GET", "foo"}).text.find("MOVED"), std::string::npos);
}

}  // namespace
}  // namespace orrery::engines
