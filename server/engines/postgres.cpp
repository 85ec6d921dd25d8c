#include "engines/postgres.hpp"

#include <csignal>
#include <stdexcept>
#include <thread>

#include "engines/folders.hpp"

namespace orrery::engines {
namespace postgres {
namespace {

bool is_set(const std::map<std::string, std::string>& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  return found != parameters.end() && (found->second == "1" || found->second == "on" || found->second == "true");
}

}  // namespace

Settings read_settings(const Specification& specification) {
  const auto& json = specification.settings;
  Settings settings;
  static_cast<DatabaseSettings&>(settings) = database_settings(json);
  settings.timezone = text_of(json, "timezone");
  settings.locale = text_of(json, "locale");
  settings.login_resource = text_of(json, "login_resource");
  if (json.contains("preload")) settings.preload = json.at("preload").get<std::vector<std::string>>();
  if (json.contains("listen")) settings.listen = json.at("listen").get<std::vector<std::string>>();
  settings.force_tls = settings.force_tls || is_set(settings.parameters, "rds.force_ssl");
  settings.archive_days = json.value("archive", std::int64_t{0});
  return settings;
}

Session Engine::session(const std::string& database) const {
  const auto& place = runtime.place();
  return Session({place.connect_host, place.connect_port, "rdsadmin", read_file(place.outside / "data" / secret_file),
                  database, std::string(quiet_options())});
}

namespace {

/// Reloads, and waits until the postmaster has read its files: only then is a change in force for the next login.
void reload(const Engine& engine) {
  constexpr auto loaded = "SELECT pg_conf_load_time()";
  const auto before = engine.session().value(loaded);
  engine.session().query("SELECT pg_reload_conf()");
  for (int attempt = 0; attempt < 200 && engine.session().value(loaded) == before; ++attempt)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

void report_pending(const Engine& engine) {
  const auto names = engine.session().value(
      "SELECT coalesce(string_agg(name, ', ' ORDER BY name), '') FROM pg_settings WHERE pending_restart");
  if (names && !names->empty()) engine.log("waits for a reboot: " + *names);
}

class Postgres final : public Driver {
 public:
  std::vector<std::string> programs() const override { return {"postgres", "initdb"}; }

  std::string image(const Specification& specification) const override {
    const auto major = specification.version.substr(0, specification.version.find('.'));
    for (const auto& library : read_settings(specification).preload)
      if (library == "timescaledb") return "timescale/timescaledb:latest-pg" + major;
    return "postgres:" + major;
  }

  void create(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    const Engine engine(specification, runtime, &surroundings);
    if (fs::exists(engine.outside("data") / "PG_VERSION")) return prepare_restored_data(engine);
    if (!engine.settings.replica_of.empty()) return make_replica_data(engine);
    make_empty_data(engine);
  }

  Command command(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    const Engine engine(specification, runtime, &surroundings);
    configure(engine);
    return {{"postgres", "-D", engine.inside("data"), "-c", "config_file=" + engine.inside("conf/postgresql.conf")}};
  }

  bool answers(const Specification& specification, Runtime& runtime) override {
    const Engine engine(specification, runtime, nullptr);
    try {
      // While it replays towards a point in time it is not there yet; a replica replays all its life.
      const auto recovering = engine.session().value("SELECT pg_is_in_recovery()");
      return recovering == "f" || !engine.settings.replica_of.empty();
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  void settle(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    const Engine engine(specification, runtime, &surroundings);
    auto session = engine.session();
    if (session.value("SELECT pg_is_in_recovery()") == "t") return;
    settle_roles(engine, session);
    fs::remove_all(engine.outside(fetched_folder));
  }

  std::string version(Runtime& runtime) override {
    const auto outcome = runtime.run({{"postgres", "--version"}}, std::chrono::seconds(30));
    // "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
    const auto mark = outcome.output.find(") ");
    if (outcome.exit_code != 0 || mark == std::string::npos)
      throw std::runtime_error("postgres --version says: " + last_lines(outcome.output));
    const auto begin = mark + 2;
    return outcome.output.substr(begin, outcome.output.find_first_of(" \n", begin) - begin);
  }

  Change change(const Specification& before, const Specification& after, Runtime& runtime,
                Surroundings& surroundings) override {
    const Engine engine(after, runtime, &surroundings);
    const auto former = read_settings(before);
    if (former.replica_of.empty() && !engine.settings.replica_of.empty())
      throw std::runtime_error("a database that was written to cannot become a replica");
    configure(engine);
    if (before.host != after.host || before.port != after.port || before.generation != after.generation ||
        former.listen != engine.settings.listen)
      return Change::restart;
    reload(engine);
    if (!former.replica_of.empty() && engine.settings.replica_of.empty()) promote(engine, former.replica_of);
    if (engine.settings.replica_of.empty()) {
      auto session = engine.session();
      settle_roles(engine, session);
    }
    report_pending(engine);
    return Change::applied;
  }

  int stop_signal() const override { return SIGINT; }

  void copy(const Specification& specification, Runtime& runtime, Surroundings& surroundings,
            const fs::path& to) override {
    copy_data(Engine(specification, runtime, &surroundings), to);
  }

  void prepare(const Specification& specification, Runtime& runtime, Surroundings& surroundings) override {
    keep_spare_data(Engine(specification, runtime, &surroundings));
  }

  void prune(const Specification& specification, Runtime& runtime, Surroundings& surroundings,
             const std::vector<fs::path>& copies) override {
    prune_archive(Engine(specification, runtime, &surroundings), copies);
  }
};

}  // namespace
}  // namespace postgres

std::unique_ptr<Driver> postgres_driver() { return std::make_unique<postgres::Postgres>(); }

}  // namespace orrery::engines
