#include <csignal>

#include "engines/redis.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using redis::Client;
using redis::ClientError;
using redis::Settings;

namespace {

int major(const std::string& version) { return std::atoi(version.c_str()); }

/// Addresses of the group's own (its primary and reader endpoint) move from node to node; the node that had one lets
/// go of it in its own change. Before Redis 7 a change takes a restart, to which an exception leads.
void settle_addresses(Client& client, const Settings& settings, Runtime& runtime) {
  std::string wanted = runtime.place().listen_host;
  for (const std::string& host : settings.listen) wanted += " " + host;
  if (client.demand({"CONFIG", "GET", "bind"}).items.at(1).text == wanted) return;
  redis::Reply reply;
  const auto done = [&] {
    reply = client.call({"CONFIG", "SET", "bind", wanted});
    return !reply.failed() || reply.text.find("Unsupported") != std::string::npos;
  };
  redis::wait_for(5s, done);
  if (reply.failed()) throw std::runtime_error("cannot answer at " + wanted + ": " + reply.text);
}

class RedisDriver final : public Driver {
 public:
  std::vector<std::string> programs() const override { return {"redis-server"}; }

  std::string image(const Specification& spec) const override {
    // Valkey's images have the names of Redis' programs too. Users with passwords (ACLs) came with Redis 6.
    const int version = major(spec.version);
    if (spec.software == "valkey") return "valkey/valkey:" + std::to_string(version > 0 ? version : 8);
    return "redis:" + std::to_string(version > 0 ? std::max(version, 6) : 7);
  }

  bool needs_source() const override { return false; }

  void create(const Specification&, Runtime& runtime, Surroundings&) override {
    const fs::path data = runtime.place().outside / "data";
    fs::create_directories(data);
    runtime.hand_over(data);
  }

  Command command(const Specification& spec, Runtime& runtime, Surroundings& surroundings) override {
    redis::configure(spec, Settings(spec.settings), runtime, surroundings);
    return {.argv = {"redis-server", (runtime.place().inside / "conf" / "redis.conf").string()}};
  }

  bool answers(const Specification& spec, Runtime& runtime) override {
    try {
      Client client = redis::manage(Settings(spec.settings), runtime, redis::kGlance);
      return client.call({"PING"}).text == "PONG";  // an error while it loads its data
    } catch (const ClientError&) {
      return false;
    }
  }

  void settle(const Specification& spec, Runtime& runtime, Surroundings& surroundings) override {
    const Settings settings(spec.settings);
    Client client = redis::manage(settings, runtime);
    // A replica lets nobody in before it is one.
    const bool replica = !settings.cluster && !settings.replica_of.empty();
    if (replica) redis::settle_replication(spec, settings, client, runtime, surroundings);
    redis::settle_access(client, settings, surroundings);
    redis::settle_parameters(client, settings, surroundings);
    if (settings.cluster)
      redis::settle_cluster(spec, settings, client, runtime, surroundings);
    else if (!replica)
      redis::settle_replication(spec, settings, client, runtime, surroundings);
    settle_addresses(client, settings, runtime);
  }

  std::string version(Runtime& runtime) override {
    // "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=…"
    const Outcome outcome = runtime.run({.argv = {"redis-server", "--version"}}, 10s);
    const auto at = outcome.output.find("v=");
    if (outcome.exit_code != 0 || at == std::string::npos)
      throw std::runtime_error("redis-server --version: " + outcome.output);
    return outcome.output.substr(at + 2, outcome.output.find(' ', at) - at - 2);
  }

  Change change(const Specification& before, const Specification& after, Runtime& runtime,
                Surroundings& surroundings) override {
    const Settings old(before.settings), wanted(after.settings);
    if (before.host != after.host || before.port != after.port || old.tls.empty() != wanted.tls.empty() ||
        old.names != wanted.names || old.secret != wanted.secret ||
        old.cluster.has_value() != wanted.cluster.has_value())
      return Change::restart;
    settle(after, runtime, surroundings);
    return Change::applied;
  }

  int stop_signal() const override { return SIGTERM; }

  void copy(const Specification& spec, Runtime& runtime, Surroundings&, const fs::path& to) override {
    const fs::path data = runtime.place().outside / "data", dump = data / "dump.rdb";
    fs::create_directories(to);
    if (!runtime.alive()) return copy_stopped(runtime, data, to);
    Client client = redis::manage(Settings(spec.settings), runtime);
    // SCHEDULE waits for a rewrite of the append-only file, not for another save: that one is refused until its child
    // is reaped, some time after its file has appeared (bgsaveCommand in Redis' rdb.c).
    const auto saving = [&client] { return redis::info(client, "persistence", "rdb_bgsave_in_progress") != "0"; };
    if (!redis::wait_for(10min, [&] { return !saving(); }))
      throw std::runtime_error("the engine is busy saving its data");
    fs::remove(dump);
    client.demand({"BGSAVE", "SCHEDULE"});
    // The file appears whole, by a rename.
    if (!redis::wait_for(
            10min,
            [&] { return fs::exists(dump) || redis::info(client, "persistence", "rdb_last_bgsave_status") != "ok"; }) ||
        !fs::exists(dump))
      throw std::runtime_error("the engine could not save its data");
    fs::copy_file(dump, to / "dump.rdb", fs::copy_options::overwrite_existing);
    fs::remove(dump);
  }

 private:
  /// The node's own identity in a cluster (nodes.conf) stays behind.
  static void copy_stopped(Runtime& runtime, const fs::path& data, const fs::path& to) {
    if (fs::exists(data / "appendonlydir")) runtime.copy_folder(data / "appendonlydir", to / "appendonlydir");
    for (const char* file : {"appendonly.aof", "dump.rdb"})
      if (fs::exists(data / file)) fs::copy_file(data / file, to / file, fs::copy_options::overwrite_existing);
  }
};

}  // namespace

std::unique_ptr<Driver> redis_driver() { return std::make_unique<RedisDriver>(); }

}  // namespace orrery::engines
