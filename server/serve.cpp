#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "commands.hpp"
#include "console/console.hpp"
#include "engines.hpp"
#include "engines/authority.hpp"
#include "local_certificate.hpp"
#include "services/services.hpp"
#include "storage/clock_offset.hpp"
#include "storage/findings.hpp"

namespace orrery {

namespace {

/// A directory that is removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "orrery-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary directory: " + pattern);
    path_ = pattern;
  }
  ~TemporaryDirectory() { remove(); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }
  void remove() const {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

 private:
  std::filesystem::path path_;
};

void start_log(const ServeOptions& options) {
  auto log = std::make_shared<spdlog::logger>("orrery", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_level(spdlog::level::from_str(options.log_level));
  // Messages are made JSON-safe by whoever logs text that a client sent.
  log->set_pattern(options.log_format == "json" ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                   spdlog::pattern_time_type::utc);
  spdlog::set_default_logger(std::move(log));
}

/// A log line in either format: fields as JSON members, or as name=value.
void log_fields(spdlog::level::level_enum level, const std::string& format, const Json& fields) {
  if (!spdlog::should_log(level)) return;
  std::string text;
  if (format == "json") {
    text = fields.dump(-1, ' ', false, Json::error_handler_t::replace);
    text = text.substr(1, text.size() - 2);
  } else {
    for (const auto& [name, value] : fields.items()) {
      if (!text.empty()) text += ' ';
      text += name + "=" +
              (value.is_string() && value.get_ref<const std::string&>().find_first_of(" \r\n\t\"") == std::string::npos
                   ? value.get<std::string>()
                   : value.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
  }
  spdlog::log(level, "{}", text);
}

void log_call(const std::string& format, const pipeline::Record& record) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  log_fields(spdlog::level::debug, format, fields(record));
}

/// Thousands of connections need more descriptors than the 1,024 of many shells.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::vector<storage::Migrations> migrations() {
  std::vector<storage::Migrations> all{storage::ResourceTable::migrations, storage::FindingTable::migrations,
                                       storage::ClockOffset::migrations, SeedTable::migrations,
                                       engines::Supervisor::migrations};
  for (const Service* service : all_services()) {
    if (service->migrations != nullptr) all.push_back(*service->migrations);
  }
  return all;
}

/// What the clock does in each service, once a second, each in a transaction of its own.
void tick(const pipeline::Host& host, const std::string& log_format) {
  for (const Service* service : host.services) {
    if (service->tick == nullptr) continue;
    const auto work = [&host, service](storage::Transaction& tx) {
      RequestContext context = background_context(host, *service, "tick", tx);
      service->tick(context);
    };
    host.store.write(work, [&log_format, service](std::exception_ptr error) {
      try {
        if (error) std::rethrow_exception(error);
      } catch (const std::exception& failure) {
        log_fields(spdlog::level::err, log_format, {{"tick", std::string(service->name)}, {"error", failure.what()}});
      }
    });
  }
}

std::optional<net::Address> address(const std::string& text, const char* flag) {
  if (text.empty()) return std::nullopt;
  const auto parsed = net::parse_address(text);
  if (!parsed) throw std::runtime_error(std::string(flag) + " " + text + ": expected ADDRESS:PORT");
  return parsed;
}

std::string url_host(const std::string& host) {
  if (host == "0.0.0.0" || host == "::") return "127.0.0.1";
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

int serve(const ServeOptions& options) {
  start_log(options);
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);  // an engine that ends while we speak to it is an error of that call
  const auto listen = address(options.listen, "--listen");
  if (!listen) throw std::runtime_error("--listen must name an address");
  net::Server server(*listen, address(options.tls_listen, "--tls-listen"), options.limits());

  std::optional<TemporaryDirectory> temporary;
  if (options.ephemeral) temporary.emplace();
  Settings settings = options.settings();
  settings.host = url_host(listen->host);
  settings.port = server.port();
  settings.tls_port = server.tls_port();
  settings.data_dir =
      std::filesystem::absolute(temporary ? temporary->path() : std::filesystem::path(options.data_dir)).string();

  Peers peers;
  for (const Service* service : all_services()) {
    if (service->offer != nullptr) service->offer(peers);
  }
  aws::Clock clock;
  pipeline::RequestLog requests;
  pipeline::Coverage coverage;
  const auto tables = migrations();
  storage::Store store(settings.data_dir, tables);
  store.write([&](storage::Transaction& tx) { clock.advance(storage::ClockOffset(tx).get()); });
  const auto tls_directory = std::filesystem::path(settings.data_dir) / "tls";
  const std::shared_ptr<engines::Authority> authority = engines::open_authority(tls_directory);
  if (!options.tls_certificate.empty()) {
    server.use_certificate(options.tls_certificate, options.tls_key);
  } else if (settings.tls_port != 0) {
    const LocalCertificate local = local_certificate(*authority, tls_directory, options.engines.advertise_host);
    server.use_certificate(local.chain, local.key);
  }

  pipeline::Host host{.settings = settings,
                      .store = store,
                      .clock = clock,
                      .peers = peers,
                      .services = all_services(),
                      .requests = requests,
                      .coverage = coverage,
                      .body_bytes = options.body_bytes,
                      .admin = {},
                      .answered = {},
                      .failed = {}};
  const auto engine_log = [&](engines::Severity severity, const std::string& line) {
    log_fields(severity == engines::Severity::info ? spdlog::level::info : spdlog::level::warn, options.log_format,
               {{"engines", line}});
  };
  const Engines engines(host, options.engine_options(), authority, engine_log);
  peers.engines = engines.supervisor();
  console::Console console(host, ORRERY_VERSION, [&authority] { return authority->bundle(); });
  host.admin = [&console](const http::Request& request) { return console.answer(request); };
  if (spdlog::should_log(spdlog::level::debug)) {
    host.answered = [&](const pipeline::Record& record) { log_call(options.log_format, record); };
  }
  host.failed = [&](std::string_view request_id, std::string_view what) {
    log_fields(spdlog::level::err, options.log_format,
               {{"request_id", std::string(request_id)}, {"error", std::string(what)}});
  };

  const auto ready = [&] {
    std::cout << "orrery " ORRERY_VERSION "\n"
              << "Data:    " << settings.data_dir << (options.ephemeral ? " (removed at exit)" : "") << "\n"
              << "HTTP:    http://" << settings.host << ":" << settings.port << "\n";
    if (settings.tls_port != 0) std::cout << "HTTPS:   https://" << settings.host << ":" << settings.tls_port << "\n";
    std::cout << "Ready." << std::endl;
    engines.start();
  };
  // Nothing is lost: what was answered is on disk, and engines end with this process as after kill -9.
  const auto at_once = [&temporary](int code) {
    if (temporary) temporary->remove();
    std::_Exit(code);
  };
  server.run(
      host, ready, [&] { tick(host, options.log_format); }, at_once);
  engines.drain();
  store.stop();
  return 0;
}

}  // namespace orrery
