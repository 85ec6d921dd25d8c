#include "options.hpp"

#include <CLI/CLI.hpp>

namespace orrery {

void ServeOptions::add_to(CLI::App& command) {
  const auto option = [&](const char* flag, auto& value, const char* variable, const char* text) {
    return command.add_option(flag, value, text)->envname(variable)->capture_default_str();
  };
  option("--listen", listen, "ORRERY_LISTEN", "Address and port for HTTP")->group("Network");
  option("--tls-listen", tls_listen, "ORRERY_TLS_LISTEN", "Address and port for HTTPS (none by default)")
      ->group("Network");
  auto* chain =
      option("--tls-cert", tls_certificate, "ORRERY_TLS_CERT", "PEM certificate chain instead of a generated one")
          ->group("Network");
  auto* key = option("--tls-key", tls_key, "ORRERY_TLS_KEY", "PEM key of --tls-cert")->group("Network");
  chain->needs(key);
  key->needs(chain);

  option("--data-dir", data_dir, "ORRERY_DATA_DIR", "Where state is kept")->group("State");
  command.add_flag("--ephemeral", ephemeral, "Keep state in a temporary directory and remove it at exit")
      ->envname("ORRERY_EPHEMERAL")
      ->group("State");

  command.add_flag("--strict", strict, "Refuse all that AWS would refuse, instead of recording a finding")
      ->envname("ORRERY_STRICT")
      ->group("Behaviour");
  option("--account", account, "ORRERY_ACCOUNT", "Account of access keys that are no account id themselves")
      ->group("Behaviour")
      ->check(CLI::Validator(
          [](const std::string& text) {
            const bool valid = text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos;
            return valid ? std::string() : std::string("must be 12 digits");
          },
          "12 DIGITS"));
  option("--region", region, "ORRERY_REGION", "Region of requests that name none")->group("Behaviour");
  option("--lifecycle", lifecycle, "ORRERY_LIFECYCLE", "Delays of resources that take time on AWS")
      ->group("Behaviour")
      ->check(CLI::IsMember({"immediate", "realistic"}));

  option("--engines", engines.engines, "ORRERY_ENGINES",
         "Real PostgreSQL, MariaDB, Redis and memcached: auto, native, docker, off, or a list as "
         "postgres=native,redis=docker")
      ->group("Engines");
  option("--advertise-host", engines.advertise_host, "ORRERY_ADVERTISE_HOST",
         "Host name of all endpoints, with a port of --engine-ports each")
      ->group("Engines");
  option("--engine-ports", engines.engine_ports, "ORRERY_ENGINE_PORTS",
         "Ports for engines, as 4510-4559, instead of a loopback address for each")
      ->group("Engines");
  option("--engine-image", engine_images, "ORRERY_ENGINE_IMAGE",
         "Container image of an engine, as postgres:15=IMAGE; may be repeated")
      ->group("Engines")
      ->delimiter(',');

  option("--log-level", log_level, "ORRERY_LOG_LEVEL", "What goes to standard error; debug has a line a request")
      ->group("Log")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  option("--log-format", log_format, "ORRERY_LOG_FORMAT", "How it looks")
      ->group("Log")
      ->check(CLI::IsMember({"text", "json"}));

  option("--max-head", head_bytes, "ORRERY_MAX_HEAD", "Bytes of a request's head")
      ->group("Limits")
      ->check(CLI::Range(1024, 16 << 20));
  option("--max-body", body_bytes, "ORRERY_MAX_BODY", "Bytes of a body that is not an S3 object")->group("Limits");
  option("--max-connections", connections, "ORRERY_MAX_CONNECTIONS", "Connections at a time")->group("Limits");
  option("--read-timeout", read_timeout, "ORRERY_READ_TIMEOUT", "Seconds for one read or write, renewed for each")
      ->group("Limits");
  option("--idle-timeout", idle_timeout, "ORRERY_IDLE_TIMEOUT", "Seconds between requests of a connection")
      ->group("Limits");
  option("--drain-timeout", drain_timeout, "ORRERY_DRAIN_TIMEOUT", "Seconds that requests have to end after SIGTERM")
      ->group("Limits");
}

net::Limits ServeOptions::limits() const {
  return {head_bytes, connections, std::chrono::seconds(read_timeout), std::chrono::seconds(idle_timeout),
          std::chrono::seconds(drain_timeout)};
}

engines::Options ServeOptions::engine_options() const {
  engines::Options options = engines;
  for (const auto& text : engine_images) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) {
      throw std::runtime_error("--engine-image " + text + ": expected ENGINE:VERSION=IMAGE");
    }
    options.images[text.substr(0, equals)] = text.substr(equals + 1);
  }
  if (listen.starts_with("0.0.0.0:")) options.listen_host = "0.0.0.0";
  return options;
}

Settings ServeOptions::settings() const {
  Settings settings;
  settings.account = account;
  settings.region = region;
  settings.strictness = strict ? Strictness::strict : Strictness::lenient;
  settings.lifecycle = lifecycle == "realistic" ? Lifecycle::realistic : Lifecycle::immediate;
  return settings;
}

}  // namespace orrery
