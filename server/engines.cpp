#include "engines.hpp"

#include "database_login.hpp"
#include "engines/docker.hpp"

namespace orrery {

RequestContext background_context(const pipeline::Host& host, const Service& service, std::string_view operation,
                                  storage::Transaction& tx) {
  static const http::Request no_request;
  return {.account = host.settings.account,
          .region = host.settings.region,
          .service = service.name,
          .operation = operation,
          .request_id = std::string(operation),
          .principal = {},
          .now = host.clock.now(),
          .settings = host.settings,
          .peers = host.peers,
          .tx = tx,
          .request = no_request};
}

engines::Wanted wanted_engines(const pipeline::Host& host) {
  engines::Wanted wanted;
  host.store.read([&](storage::Transaction& tx) {
    for (const Service* service : host.services) {
      if (service->engines == nullptr) continue;
      RequestContext context = background_context(host, *service, "engines", tx);
      service->engines(context, wanted);
    }
  });
  return wanted;
}

std::shared_ptr<const engines::Choice> choose_engines(const engines::Options& options,
                                                      const std::filesystem::path& data_dir, const engines::Log& log) {
  std::shared_ptr<engines::Machine> native, docker;
  if (options.engines != "off") {
    native = engines::native_machine(data_dir / "engines" / ".run", log);
    docker = engines::docker_machine(data_dir, options.images, log);
  }
  return std::make_shared<engines::Choice>(options, engines::all_drivers(), std::move(native), std::move(docker));
}

Engines::Engines(const pipeline::Host& host, const engines::Options& options,
                 std::shared_ptr<engines::Authority> authority, const engines::Log& log) {
  const std::filesystem::path data_dir = host.settings.data_dir;
  const auto choose = [options, data_dir, log]() -> std::shared_ptr<const engines::Choice> {
    auto choice = choose_engines(options, data_dir, log);
    for (const auto& row : choice->rows()) {
      if (options.engines == "off") break;  // nobody asks why
      log(engines::Severity::info, row.software + ": " + std::string(name_of(row.backend)) + " (" + row.reason + ")");
    }
    return choice;
  };
  // What was asked for by name may be impossible, which ends the start; `auto` takes what it finds, after it.
  engines::LateChoice choice = options.engines == "auto" ? engines::LateChoice(choose) : engines::LateChoice(choose());
  if (options.engines != "auto" && choice->all_off()) return;
  gate_ = std::make_unique<engines::LoginGate>([&host, log](const engines::TokenLogin& login) {
    const std::string why = refusal(host, login);
    if (!why.empty())
      log(engines::Severity::warning, login.engine + ": IAM login of " + login.user + " refused: " + why);
    return why.empty();
  });
  reconciler_ = std::make_unique<engines::Reconciler>(
      engines::Reconciler::Parts{.data_dir = data_dir,
                                 .choice = std::move(choice),
                                 .authority = std::move(authority),
                                 .wanted = [&host] { return wanted_engines(host); },
                                 .options = options,
                                 .log = log,
                                 .login_port = gate_->port()});
}

void Engines::start() const {
  if (reconciler_) reconciler_->start();
}

void Engines::drain() const {
  if (reconciler_) reconciler_->drain();
}

}  // namespace orrery
