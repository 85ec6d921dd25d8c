// memcached as ElastiCache runs it: no data to keep, no connection of ours to it, and every parameter on its command
// line (memcached(1)), so that each change is a restart.

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "engines/folders.hpp"
#include "engines/in_hand.hpp"
#include "engines/memcached_client.hpp"

namespace orrery::engines {

namespace memcached {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char* kCertificate = "tls/server.crt";

using Parameters = std::map<std::string, std::string>;

/// How a parameter of a group is said to memcached. A flag is said when the value is not 0; what is extended follows
/// -o.
struct Translation {
  enum class Kind { flag, value, extended_flag, extended_value, extended_kilobytes };
  const char* parameter;
  Kind kind;
  const char* option;
  const char* unsaid = "";  ///< the value that is memcached's own without being said
};

using Kind = Translation::Kind;

constexpr Translation kTranslations[] = {
    {"binding_protocol", Kind::value, "-B", "auto"},
    {"cas_disabled", Kind::flag, "-C"},
    {"chunk_size", Kind::value, "-n", "48"},
    {"chunk_size_growth_factor", Kind::value, "-f", "1.25"},
    {"disable_flush_all", Kind::flag, "-F"},
    {"error_on_memory_exhausted", Kind::flag, "-M"},
    {"idle_timeout", Kind::extended_value, "idle_timeout", "0"},
    {"lru_crawler", Kind::extended_flag, "lru_crawler"},
    {"lru_maintainer", Kind::extended_flag, "lru_maintainer"},
    {"max_item_size", Kind::value, "-I", "1048576"},
    {"maxconns_fast", Kind::extended_flag, "maxconns_fast"},
    {"requests_per_event", Kind::value, "-R", "20"},
    {"slab_automove", Kind::extended_value, "slab_automove", "0"},
    {"slab_chunk_max", Kind::extended_kilobytes, "slab_chunk_max", "524288"},
    {"slab_reassign", Kind::extended_flag, "slab_reassign"},
    {"watcher_logbuf_size", Kind::extended_kilobytes, "watcher_logbuf_size", "262144"},
    {"worker_logbuf_size", Kind::extended_kilobytes, "worker_logbuf_size", "65536"},
};

std::int64_t number(const std::string& text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// memcached ends when it may not open as many files as it shall have connections, which it learns from setrlimit(2).
std::int64_t possible_connections(std::int64_t wanted, const InHand& engine) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return wanted;
  const auto most = static_cast<std::int64_t>(limit.rlim_max);
  if (wanted > most)
    engine.log("max_simultaneous_connections = " + std::to_string(wanted) + ": this machine allows " +
               std::to_string(most));
  return std::min(wanted, most);
}

class Arguments {
 public:
  void add(const char* option, const std::string& value = "") {
    argv_.emplace_back(option);
    if (!value.empty()) argv_.push_back(value);
  }
  void extend(const std::string& option) { extended_ += (extended_.empty() ? "" : ",") + option; }
  std::vector<std::string> all() const {
    auto out = argv_;
    if (!extended_.empty()) out.insert(out.end(), {"-o", extended_});
    return out;
  }

 private:
  std::vector<std::string> argv_{"memcached"};
  std::string extended_;
};

void add_parameters(const Parameters& parameters, const InHand& engine, Arguments& out) {
  const auto is_on = [&](const char* name) {
    const auto found = parameters.find(name);
    return found != parameters.end() && found->second != "0";
  };
  // First, as it sets all that follow from it: with `modern`, AWS's default, these are on whatever their own zeros say
  // (ElastiCache user guide, "Memcached 1.5.10 parameter changes").
  if (parameters.contains("modern") && !is_on("modern")) {
    out.extend("no_modern");
    if (const auto found = parameters.find("hash_algorithm"); found != parameters.end())
      out.extend("hash_algorithm=" + found->second);
  }
  for (const auto& [parameter, kind, option, unsaid] : kTranslations) {
    const auto found = parameters.find(parameter);
    if (found == parameters.end() || found->second == unsaid) continue;
    const auto& value = found->second;
    if (std::string_view(parameter) == "chunk_size_growth_factor" && std::atof(value.c_str()) <= 1) {
      engine.log("parameter chunk_size_growth_factor = " + value + ": memcached wants more than 1");
      continue;
    }
    if (kind == Kind::value)
      out.add(option, value);
    else if (kind == Kind::extended_value)
      out.extend(option + ("=" + value));
    else if (kind == Kind::extended_kilobytes)
      out.extend(option + ("=" + std::to_string(std::max<std::int64_t>(number(value) / 1024, 1))));
    else if (value != "0" && kind == Kind::flag)
      out.add(option);
    else if (value != "0")
      out.extend(option);
  }
  if (is_on("expirezero_does_not_evict"))
    engine.log("parameters that this version does not have: expirezero_does_not_evict");
}

class MemcachedDriver final : public Driver {
 public:
  std::vector<std::string> programs() const override { return {"memcached"}; }

  std::string image(const Specification&) const override { return "memcached:1"; }

  void create(const Specification& spec, Runtime& runtime, Surroundings& surroundings) override {
    InHand(spec, runtime, &surroundings).make_folders({"data"});
  }

  Command command(const Specification& spec, Runtime& runtime, Surroundings& surroundings) override {
    const InHand engine(spec, runtime, &surroundings);
    const Place& place = runtime.place();
    const auto parameters = spec.settings.value("parameters", Parameters{});
    const auto connections = parameters.find("max_simultaneous_connections");
    Arguments out;
    out.add("-l", place.listen_host);
    out.add("-p", std::to_string(place.listen_port));
    out.add("-m", std::to_string(spec.settings.value("megabytes", 64)));
    if (connections != parameters.end())
      out.add("-c", std::to_string(possible_connections(number(connections->second), engine)));
    add_parameters(parameters, engine, out);
    if (prepare_tls(spec, engine)) {
      out.add("-Z");
      out.extend("ssl_chain_cert=" + engine.inside(kCertificate));
      out.extend("ssl_key=" + engine.inside("tls/server.key"));
    }
    return {.argv = out.all()};
  }

  bool answers(const Specification&, Runtime& runtime) override {
    const Place& place = runtime.place();
    const auto certificate = place.outside / kCertificate;
    try {
      memcached_version({place.connect_host, place.connect_port,
                         fs::exists(certificate) ? read_file(place.outside / "tls/ca.crt") : "", 5s});
      return true;
    } catch (const ClientError&) {
      return false;
    }
  }

  void settle(const Specification&, Runtime&, Surroundings&) override {}

  std::string version(Runtime& runtime) override {
    // "memcached 1.6.18"
    const Outcome outcome = runtime.run({.argv = {"memcached", "-V"}}, 10s);
    const auto space = outcome.output.find(' ');
    if (outcome.exit_code != 0 || space == std::string::npos)
      throw std::runtime_error("memcached -V: " + outcome.output);
    return outcome.output.substr(space + 1, outcome.output.find_first_of("\r\n", space) - space - 1);
  }

  Change change(const Specification&, const Specification&, Runtime&, Surroundings&) override {
    return Change::restart;
  }

  int stop_signal() const override { return SIGTERM; }

  void copy(const Specification&, Runtime&, Surroundings&, const fs::path&) override {
    throw std::runtime_error("the data of a memcached cannot be copied");
  }

 private:
  /// The certificate is there exactly when the engine speaks TLS.
  static bool prepare_tls(const Specification& spec, const InHand& engine) {
    const bool wanted = !text_of(spec.settings, "tls").empty();
    // A build without TLS does not have the option.
    if (wanted &&
        engine.runtime.run({.argv = {"memcached", "-h"}}, 10s).output.find("ssl_chain_cert") != std::string::npos) {
      engine.certify(spec.settings.value("names", std::vector<std::string>{}));
      return true;
    }
    if (wanted) engine.log("this memcached is built without TLS: it answers without");
    fs::remove_all(engine.outside("tls"));
    return false;
  }
};

}  // namespace

}  // namespace memcached

std::unique_ptr<Driver> memcached_driver() { return std::make_unique<memcached::MemcachedDriver>(); }

}  // namespace orrery::engines
