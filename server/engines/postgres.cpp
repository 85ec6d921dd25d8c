#include "engines/postgres.hpp"

#include <csignal>
#include <stdexcept>
#include <thread>

#include "engines/folders.hpp"

namespace orrery::engines {
namespace postgres {
namespace {

std::string last_lines(const std::string& output) {
  constexpr std::size_t limit = 2000;
  const auto end = output.find_last_not_of("\n ");
  const auto text = output.substr(0, end == std::string::npos ? 0 : end + 1);
  return text.size() <= limit ? text : text.substr(text.size() - limit);
}

bool is_set(const std::map<std::string, std::string>& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  return found != parameters.end() && (found->second == "1" || found->second == "on" || found->second == "true");
}

}  // namespace

Settings read_settings(const Specification& specification) {
  const auto& json = specification.settings;
  const auto text = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  Settings settings;
  settings.user = text("user");
  settings.password = text("password");
  settings.database = text("database");
  settings.timezone = text("timezone");
  settings.locale = text("locale");
  settings.replica_of = text("replica_of");
  settings.login_resource = text("login_resource");
  if (json.contains("parameters"))
    for (const auto& [name, value] : json.at("parameters").items())
      settings.parameters[name] = value.is_string() ? value.get<std::string>() : value.dump();
  if (json.contains("preload")) settings.preload = json.at("preload").get<std::vector<std::string>>();
  if (json.contains("listen")) settings.listen = json.at("listen").get<std::vector<std::string>>();
  if (json.contains("recover_to")) settings.recover_to = json.at("recover_to").get<std::int64_t>();
  settings.force_ssl = json.value("force_ssl", false) || is_set(settings.parameters, "rds.force_ssl");
  settings.archive_days = json.value("archive", std::int64_t{0});
  settings.iam = json.value("iam", false);
  return settings;
}

Engine::Engine(const Specification& wanted, Runtime& where, Surroundings* around)
    : specification(wanted), settings(read_settings(wanted)), runtime(where), surroundings(around) {}

namespace {
/// <data-dir>/engines: an engine's folder without its id.
fs::path root_of(const Engine& engine) {
  fs::path root = engine.runtime.place().outside;
  const fs::path id = engine.specification.id;
  for (auto part = id.end(); part != id.begin();) {
    --part;
    if (root.filename() != *part) return engine.runtime.place().outside.parent_path();
    root = root.parent_path();
  }
  return root;
}
}  // namespace

fs::path Engine::folder_of(const std::string& id) const { return root_of(*this) / id; }
fs::path Engine::shared_folder() const { return root_of(*this).parent_path() / "engine-templates"; }

Session Engine::session(const std::string& database) const {
  const auto& place = runtime.place();
  return Session({place.connect_host, place.connect_port, "rdsadmin", read_file(place.outside / "data" / secret_file),
                  database, std::string(quiet_options())});
}

std::string Engine::run(const Command& command, std::chrono::seconds limit) const {
  auto outcome = runtime.run(command, limit);
  if (outcome.exit_code != 0)
    throw std::runtime_error(command.argv.front() + " ended with " + std::to_string(outcome.exit_code) + ": " +
                             last_lines(outcome.output));
  return std::move(outcome.output);
}

void Engine::write(const fs::path& path, const std::string& text) const {
  const fs::path fresh = path.string() + ".fresh";
  write_file(fresh, text);
  runtime.hand_over(fresh);
  fs::rename(fresh, path);
}

void Engine::log(const std::string& line) const {
  if (surroundings != nullptr && surroundings->log) surroundings->log(specification.id + ": " + line);
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
