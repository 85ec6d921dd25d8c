#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "engines/authority.hpp"
#include "engines/docker.hpp"
#include "engines/login_gate.hpp"
#include "engines/machine.hpp"
#include "engines/postgres_session.hpp"

namespace orrery::engines {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The driver against the machine's own PostgreSQL on the native runtime, without a supervisor in the way; or, with
// ORRERY_TEST_ENGINES=docker, against the image ORRERY_TEST_POSTGRES in containers (test_docker_rds.py).

std::unique_ptr<Machine> machine(const fs::path& root) {
  const auto log = [](Severity, const std::string&) {};
  const char* engines = std::getenv("ORRERY_TEST_ENGINES");
  const char* image = std::getenv("ORRERY_TEST_POSTGRES");
  if (engines == nullptr || std::string_view(engines) != "docker") return native_machine(root / "run", log);
  return docker_machine(root, {{"postgres", image == nullptr ? "postgres:15" : image}}, log);
}

std::uint16_t free_port() {
  const int handle = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(handle, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(handle);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

/// Folders of a server's life, and the engines in it.
class PostgresDriver : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto pattern = (fs::temp_directory_path() / "orrery-postgres-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    fs::permissions(root_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  }
  static void TearDownTestSuite() { fs::remove_all(root_); }
  void SetUp() override {
    const auto verdict = machine_->judge("postgres", *driver_);
    if (!verdict.possible) GTEST_SKIP() << verdict.reason;
    surroundings_.source = [this](const std::string& id) -> std::optional<Specification> {
      const auto found = running_.find(id);
      if (found == running_.end()) return std::nullopt;
      return found->second;
    };
    surroundings_.log = [this](const std::string& line) { log_ += line + "\n"; };
  }

  static Specification specification(const std::string& name) {
    Specification wanted;
    wanted.id = "rds/000000000000/us-east-1/" + name;
    wanted.software = "postgres";
    wanted.host = "127.0.0.1";
    wanted.port = free_port();
    wanted.settings = {{"user", "admin"}, {"password", "correct horse"}, {"database", "app"}};
    return wanted;
  }
  Runtime& runtime(const Specification& wanted) {
    auto& found = runtimes_[wanted.id];
    if (!found) {
      found = machine_->runtime(wanted, *driver_, root_ / "engines" / wanted.id);
    }
    return *found;
  }
  void run(const Specification& wanted) {
    auto& where = runtime(wanted);
    where.start(driver_->command(wanted, where, surroundings_));
    const auto limit = Clock::now() + 30s;
    while (!driver_->answers(wanted, where)) {
      ASSERT_TRUE(where.alive()) << "it ended: " << console(wanted) << log_;
      ASSERT_LT(Clock::now(), limit) << "it never answered: " << console(wanted) << log_;
      std::this_thread::sleep_for(5ms);
    }
    driver_->settle(wanted, where, surroundings_);
    running_[wanted.id] = wanted;
  }
  void create_and_run(const Specification& wanted) {
    driver_->create(wanted, runtime(wanted), surroundings_);
    run(wanted);
  }
  void stop(const Specification& wanted) {
    runtime(wanted).stop(driver_->stop_signal(), 20s);
    running_.erase(wanted.id);
  }
  std::string console(const Specification& wanted) {
    std::string text;
    for (const auto& entry : fs::recursive_directory_iterator(runtime(wanted).place().outside / "log"))
      if (entry.is_regular_file()) {
        std::ifstream file(entry.path());
        text.append(std::istreambuf_iterator<char>(file), {});
      }
    return text;
  }
  static postgres::Session login(const Specification& wanted, const std::string& database = "app",
                                 const std::string& password = "correct horse") {
    return postgres::Session({wanted.host, wanted.port, "admin", password, database});
  }
  static std::string error_of(auto&& action) {
    try {
      action();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "no error";
  }

  static inline fs::path root_;
  std::shared_ptr<Authority> authority_ = open_authority(root_ / "tls");
  std::unique_ptr<Machine> machine_ = machine(root_);
  std::string log_;
  std::map<std::string, Specification> running_;
  Surroundings surroundings_{*authority_, {}, {}};
  std::unique_ptr<Driver> driver_ = postgres_driver();
  std::map<std::string, std::unique_ptr<Runtime>> runtimes_;
};

TEST_F(PostgresDriver, MasterUserEntersOnceATemplateExists) {
  create_and_run(specification("first"));
  const auto second = specification("second");
  const auto begin = Clock::now();
  create_and_run(second);
  EXPECT_EQ(login(second).value("SELECT current_user || '@' || current_database()"), "admin@app");
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  RecordProperty("milliseconds", static_cast<int>(took.count()));
  std::cout << "from create to the first query: " << took.count() << " ms\n";
}

TEST_F(PostgresDriver, MasterIsWhatRdsGrants) {
  const auto wanted = specification("roles");
  create_and_run(wanted);
  auto session = login(wanted);
  EXPECT_EQ(session
                .query("SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles "
                       "WHERE rolname = 'admin'")
                .front(),
            (postgres::Session::Row{"f", "t", "t", "f"}));
  EXPECT_EQ(
      session.value("SELECT string_agg(datname || '=' || datdba::regrole, ' ' ORDER BY datname) FROM pg_database"),
      "app=admin postgres=admin rdsadmin=rdsadmin template0=rdsadmin template1=admin");
  EXPECT_EQ(session.value("SELECT pg_has_role('rds_superuser', 'MEMBER') AND pg_has_role('pg_monitor', 'USAGE')"), "t");
  EXPECT_EQ(session.value("SHOW server_encoding"), "UTF8");
  EXPECT_EQ(session.value("SHOW data_checksums"), "on");
  session.query("CREATE ROLE worker LOGIN PASSWORD 'x'");
  session.query("GRANT rds_iam TO worker");
  session.query("CREATE DATABASE other OWNER admin");
  EXPECT_NE(error_of([&] { session.query("ALTER ROLE admin SUPERUSER"); }), "no error");
  EXPECT_NE(error_of([&] { session.query("SELECT pg_read_file('PG_VERSION')"); }), "no error");
  EXPECT_NE(error_of([&] { login(wanted, "rdsadmin"); }).find("pg_hba.conf rejects"), std::string::npos);
  EXPECT_NE(error_of([&] { login(wanted, "app", "wrong"); }).find("password authentication failed"), std::string::npos);
}

TEST_F(PostgresDriver, ExtensionsOfTheListAreCreatedAndOthersRefusedInRdsWords) {
  auto wanted = specification("extensions");
  wanted.settings["parameters"] = {{"shared_preload_libraries", "pg_stat_statements,no_such_library"},
                                   {"pg_stat_statements.track", "all"}};
  create_and_run(wanted);
  auto session = login(wanted);
  session.query("CREATE EXTENSION pg_stat_statements");
  session.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  EXPECT_NE(session.value("SELECT count(*) > 0 FROM pg_stat_statements"), "f");
  EXPECT_EQ(session.value("SHOW pg_stat_statements.track"), "all");
  session.query("CREATE EXTENSION \"uuid-ossp\"; CREATE EXTENSION earthdistance CASCADE");
  session.query("DROP EXTENSION pg_stat_statements; CREATE EXTENSION pg_stat_statements VERSION '1.4'");
  session.query("ALTER EXTENSION pg_stat_statements UPDATE");
  for (const auto* sql : {"CREATE EXTENSION adminpack", "SELECT 1; CREATE EXTENSION adminpack",
                          "DO $$ BEGIN CREATE EXTENSION adminpack; END $$"})
    EXPECT_NE(error_of([&] { session.query(sql); }).find("Extension \"adminpack\" is not supported by Amazon RDS"),
              std::string::npos)
        << sql;
  EXPECT_NE(error_of([&] {
              session.query("ALTER EXTENSION plpgsql DROP FUNCTION pg_catalog.rds_raise()");
            }).find("must be owner of extension"),
            std::string::npos);
  session.query("CREATE PUBLICATION everything FOR ALL TABLES");
  EXPECT_EQ(session.value("SELECT rolsuper FROM pg_roles WHERE rolname = 'admin'"), "f");
  session.query("CREATE DATABASE plain TEMPLATE template0");
  login(wanted, "plain").query("CREATE EXTENSION postgres_fdw");
  EXPECT_NE(log_.find("no_such_library is not installed"), std::string::npos);
}

TEST_F(PostgresDriver, ParametersApplyByReloadAndStaticOnesWaitForTheReboot) {
  auto wanted = specification("parameters");
  wanted.settings["parameters"] = {
      {"work_mem", "8192"}, {"no_such_parameter", "1"}, {"timezone", "Nowhere/Land"},        {"max_connections", "50"},
      {"port", "1"},        {"log_statement", "it's"},  {"rds.log_retention_period", "4320"}};
  create_and_run(wanted);
  EXPECT_EQ(login(wanted).value("SHOW work_mem"), "8MB");
  EXPECT_EQ(login(wanted).value("SHOW max_connections"), "50");
  EXPECT_EQ(login(wanted).value("SHOW timezone"), "UTC");
  EXPECT_NE(log_.find("no_such_parameter"), std::string::npos);
  EXPECT_NE(log_.find("Nowhere/Land"), std::string::npos);

  auto after = wanted;
  after.settings["parameters"] = {{"work_mem", "16384"}, {"max_connections", "60"}};
  after.settings["password"] = "battery staple";
  EXPECT_EQ(driver_->change(wanted, after, runtime(wanted), surroundings_), Driver::Change::applied);
  EXPECT_NE(error_of([&] { login(after); }), "no error");
  EXPECT_EQ(login(after, "app", "battery staple").value("SHOW work_mem"), "16MB");
  EXPECT_EQ(login(after, "app", "battery staple").value("SHOW max_connections"), "50");
  EXPECT_NE(log_.find("waits for a reboot: max_connections"), std::string::npos);

  auto rebooted = after;
  ++rebooted.generation;
  EXPECT_EQ(driver_->change(after, rebooted, runtime(wanted), surroundings_), Driver::Change::restart);
  stop(wanted);
  run(rebooted);
  EXPECT_EQ(login(rebooted, "app", "battery staple").value("SHOW max_connections"), "60");
}

TEST_F(PostgresDriver, ForcedTlsRefusesPlainLogins) {
  auto wanted = specification("tls");
  wanted.settings["force_ssl"] = true;
  create_and_run(wanted);
  EXPECT_NE(error_of([&] { login(wanted); }).find("no encryption"), std::string::npos);
}

TEST_F(PostgresDriver, MembersOfRdsIamEnterWithTokensOverTlsAlone) {
  const std::string token(3000, 't');
  std::string engine;
  const LoginGate gate([&](const TokenLogin& login) {
    engine = login.engine;
    return login.user == "worker" && login.token == token;
  });
  surroundings_.login_port = gate.port();
  auto wanted = specification("iam");
  wanted.settings["iam"] = true;
  create_and_run(wanted);
  login(wanted).query("CREATE ROLE worker LOGIN PASSWORD 'secret'; GRANT rds_iam TO worker");
  const auto enter = [&](const std::string& password, const std::string& sslmode) {
    return postgres::Session({wanted.host, wanted.port, "worker", password, "app", "", sslmode})
        .value("SELECT current_user");
  };
  EXPECT_EQ(enter(token, "require"), "worker");
  EXPECT_EQ(engine, wanted.id);
  EXPECT_NE(error_of([&] { enter(token + "t", "require"); }).find("authentication failed"), std::string::npos);
  EXPECT_NE(error_of([&] { enter("secret", "require"); }).find("authentication failed"), std::string::npos);
  EXPECT_NE(error_of([&] { enter(token, "disable"); }).find("pg_hba.conf rejects"), std::string::npos);

  auto without = wanted;
  without.settings.erase("iam");
  EXPECT_EQ(driver_->change(wanted, without, runtime(wanted), surroundings_), Driver::Change::applied);
  EXPECT_EQ(enter("secret", "disable"), "worker");
}

TEST_F(PostgresDriver, WhatUsersChangedStaysAcrossRestarts) {
  const auto wanted = specification("users");
  create_and_run(wanted);
  login(wanted).query("CREATE TABLE kept AS SELECT 42 AS number");
  login(wanted).query("ALTER ROLE admin PASSWORD 'my own'");
  login(wanted, "postgres", "my own").query("CREATE DATABASE other");
  login(wanted, "other", "my own").query("DROP DATABASE app");
  stop(wanted);
  run(wanted);
  EXPECT_EQ(login(wanted, "other", "my own").value("SELECT count(*) FROM pg_database WHERE datname = 'app'"), "0");
}

TEST_F(PostgresDriver, CopiesOfRunningAndStoppedEnginesStartAsOthers) {
  const auto source = specification("source");
  create_and_run(source);
  login(source).query("CREATE TABLE kept AS SELECT 42 AS number");
  driver_->copy(source, runtime(source), surroundings_, root_ / "copies/warm");
  stop(source);
  driver_->copy(source, runtime(source), surroundings_, root_ / "copies/cold");
  for (const auto* name : {"warm", "cold"}) {
    auto restored = specification(name);
    restored.settings["password"] = "another";
    runtime(restored).copy_folder(root_ / "copies" / name, runtime(restored).place().outside / "data");
    create_and_run(restored);
    EXPECT_EQ(login(restored, "app", "another").value("SELECT number FROM kept"), "42") << name;
  }
}

TEST_F(PostgresDriver, RecoversToAPointInTime) {
  auto source = specification("history");
  source.settings["archive"] = 1;
  create_and_run(source);
  driver_->copy(source, runtime(source), surroundings_, root_ / "copies/base");
  login(source).query("CREATE TABLE kept AS SELECT 1 AS number");
  std::this_thread::sleep_for(50ms);
  const auto moment = std::stoll(*login(source).value("SELECT (extract(epoch FROM now()) * 1000)::bigint"));
  std::this_thread::sleep_for(50ms);
  login(source).query("UPDATE kept SET number = 2");
  const auto restore = [&](const std::string& name, std::int64_t millis) {
    auto restored = specification(name);
    restored.settings["recover_to"] = millis;
    runtime(restored).copy_folder(root_ / "copies/base", runtime(restored).place().outside / "data");
    create_and_run(restored);
    return login(restored).value("SELECT number FROM kept");
  };
  EXPECT_EQ(restore("then", moment), "1");
  EXPECT_EQ(restore("now", std::stoll(*login(source).value("SELECT (extract(epoch FROM now()) * 1000)::bigint"))), "2");
  stop(source);
  EXPECT_EQ(restore("later", moment + 3600'000), "2");
}

TEST_F(PostgresDriver, ReplicaStreamsAndIsPromoted) {
  auto primary = specification("primary");
  primary.settings["parameters"] = {{"max_connections", "150"}};
  create_and_run(primary);
  auto replica = specification("replica");
  replica.settings["replica_of"] = primary.id;
  create_and_run(replica);
  login(primary).query("CREATE TABLE kept AS SELECT 42 AS number");
  for (int attempt = 0; attempt < 500; ++attempt) {
    if (login(replica).value("SELECT to_regclass('kept')") != "") break;
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(login(replica).value("SELECT number FROM kept"), "42");
  EXPECT_NE(error_of([&] { login(replica).query("INSERT INTO kept VALUES (1)"); }).find("read-only"),
            std::string::npos);
  EXPECT_EQ(login(primary).value("SELECT count(*) FROM pg_stat_replication"), "1");

  auto alone = replica;
  alone.settings.erase("replica_of");
  EXPECT_EQ(driver_->change(replica, alone, runtime(replica), surroundings_), Driver::Change::applied);
  login(alone).query("INSERT INTO kept VALUES (1)");
  stop(alone);
  run(alone);
  EXPECT_EQ(login(alone).value("SELECT count(*) FROM kept"), "2");
  EXPECT_EQ(login(primary).value("SELECT count(*) FROM pg_stat_replication"), "0");
}

TEST_F(PostgresDriver, SaysItsVersionAndItsFailures) {
  const auto wanted = specification("version");
  EXPECT_TRUE(std::isdigit(driver_->version(runtime(wanted)).front()));
  auto odd = wanted;
  odd.settings["locale"] = "xx_XX";
  EXPECT_NE(error_of([&] { driver_->create(odd, runtime(odd), surroundings_); }).find("invalid locale name"),
            std::string::npos);
}

}  // namespace
}  // namespace orrery::engines
