#include "engines/mariadb.hpp"

#include <csignal>
#include <stdexcept>

#include "engines/folders.hpp"

namespace orrery::engines {
namespace mariadb {
namespace {

/// "10.11" of "10.11.16", "8.0" of "8.0.42".
std::string major_of(const std::string& version) { return version.substr(0, version.find('.', version.find('.') + 1)); }

/// For errands of this server: no setting of a group decides over them, and they stay out of the engine's logs, where
/// users would read them as their own.
constexpr auto greeting =
    "SET SESSION sql_mode = '', sql_log_off = 1, slow_query_log = 0, max_statement_time = 0, autocommit = 1, "
    "lock_wait_timeout = 30";

class MariaDb final : public Driver {
 public:
  explicit MariaDb(bool for_mysql) : for_mysql_(for_mysql) {}

  std::vector<std::string> programs() const override { return {"mariadbd", "mariadb-install-db"}; }

  std::string image(const Specification& specification) const override {
    // MySQL's own server is not driven: MariaDB stands in for it also in containers.
    return "mariadb:" + (for_mysql_ ? "10.11" : major_of(specification.version));
  }

  void create(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    const Engine engine(specification, runtime, &surroundings);
    if (fs::exists(engine.outside("data") / secret_file)) return prepare_restored_data(engine);
    make_empty_data(engine);
  }

  Command command(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    const Engine engine(specification, runtime, &surroundings);
    configure(engine);
    return {.argv = {"mariadbd", "--defaults-file=" + engine.inside("conf/my.cnf")}, .environment = {{"TZ", "UTC"}}};
  }

  bool answers(const Specification& specification, Runtime& runtime) override {
    try {
      return Engine(specification, runtime, nullptr).session().value("SELECT 1") == "1";
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  void settle(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    const Engine engine(specification, runtime, &surroundings);
    complete(engine);
    if (engine.settings.iam) engine.log("no IAM logins: they are judged for PostgreSQL alone");
    if (!engine.settings.replica_of.empty()) return follow(engine);
    promote(engine);
    recover(engine);
    settle_users(engine);
  }

  std::string version(Runtime& runtime) override {
    const auto outcome = runtime.run({{"mariadbd", "--version"}}, std::chrono::seconds(30));
    // "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)"
    constexpr std::string_view mark = "Ver ";
    const auto found = outcome.output.find(mark);
    if (outcome.exit_code != 0 || found == std::string::npos)
      throw std::runtime_error("mariadbd --version says: " + last_lines(outcome.output));
    const auto begin = found + mark.size();
    const auto number = outcome.output.substr(begin, outcome.output.find_first_not_of("0123456789.", begin) - begin);
    return for_mysql_ ? number + "-MariaDB" : number;
  }

  Change change(const Specification& before, const Specification& after, Runtime& runtime,
                Surroundings& surroundings) override {
    const Engine former(before, runtime, &surroundings), engine(after, runtime, &surroundings);
    if (former.settings.replica_of.empty() && !engine.settings.replica_of.empty())
      throw std::runtime_error("a database that was written to cannot become a replica");
    configure(engine);
    if (before.host != after.host || before.port != after.port || before.generation != after.generation)
      return Change::restart;
    if (!former.settings.replica_of.empty() && engine.settings.replica_of.empty()) promote(engine);
    take_over(former, engine);
    if (engine.settings.replica_of.empty()) settle_users(engine);
    return Change::applied;
  }

  int stop_signal() const override { return SIGTERM; }

  void prepare(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    keep_spare_data(Engine(specification, runtime, &surroundings));
  }

  void tend(const Specification& specification, Runtime& runtime) override {
    rotate_logs(Engine(specification, runtime, nullptr));
  }

  void copy(const Specification& specification, Runtime& runtime, Surroundings& surroundings,
            const fs::path& to) override {
    copy_data(Engine(specification, runtime, &surroundings), to);
  }

 private:
  const bool for_mysql_;
};

}  // namespace

Settings read_settings(const Specification& specification) {
  Settings settings;
  static_cast<DatabaseSettings&>(settings) = database_settings(specification.settings);
  settings.backup_days = specification.settings.value("backup_days", std::int64_t{0});
  return settings;
}

Session Engine::session() const {
  const auto& place = runtime.place();
  return Session({.host = place.connect_host,
                  .port = place.connect_port,
                  .user = "rdsadmin",
                  .password = read_file(place.outside / "data" / secret_file),
                  .greeting = greeting});
}

}  // namespace mariadb

std::unique_ptr<Driver> mariadb_driver() { return std::make_unique<mariadb::MariaDb>(false); }
std::unique_ptr<Driver> mysql_driver() { return std::make_unique<mariadb::MariaDb>(true); }

}  // namespace orrery::engines
