#include "console/console.hpp"

#include <filesystem>

#include "api/api.hpp"
#include "engines/supervisor.hpp"
#include "storage/clock_offset.hpp"
#include "storage/findings.hpp"

namespace orrery::console {

namespace {

constexpr int kResetMillis = 30'000;

http::Response json(int status, const Json& value) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

http::Response refuse(int status, const std::string& message) { return json(status, {{"error", message}}); }

Json record_json(const pipeline::Record& record) {
  Json out = fields(record);
  out["time"] = aws::iso8601_ms(record.time);
  return out;
}

Json finding_json(const storage::Finding& finding) {
  return {{"kind", finding.kind == storage::Finding::Kind::refused ? "refused" : "advice"},
          {"account", finding.account},
          {"region", finding.region},
          {"service", finding.service},
          {"rule", finding.rule},
          {"resource", finding.resource},
          {"operation", finding.operation},
          {"code", finding.code},
          {"message", finding.message},
          {"reference", finding.reference},
          {"time", aws::iso8601_ms(finding.time)}};
}

}  // namespace

Console::Console(const pipeline::Host& host, std::string version, std::function<std::string()> authority)
    : host_(host), version_(std::move(version)), authority_(std::move(authority)) {}

std::optional<http::Response> Console::answer(const http::Request& request) {
  const std::string_view path = request.path;
  const bool get = request.method == "GET" || request.method == "HEAD", post = request.method == "POST";
  if (path == "/_localstack/health" || path == "/health") {
    // A bucket may be called "health": only an unsigned GET is ours.
    if (get && !request.headers.has("Authorization") && request.query.empty()) return health();
    return std::nullopt;
  }
  if (!path.starts_with("/_orrery/")) return std::nullopt;
  const std::string_view name = path.substr(std::string_view("/_orrery/").size());
  if (name == "health" && get) return health();
  if (name == "requests" && get) return requests();
  if (name == "findings" && get) return findings();
  if (name == "engines" && get) return engines();
  if (name == "ca.pem" && get) return authority();
  if (name == "scopes" && get) return scopes();
  if (name == "coverage") return coverage(request);
  if (name == "reset" && post) return reset();
  if (name == "clock" && (get || post)) return clock(request);
  for (const std::string_view known :
       {"health", "requests", "findings", "reset", "clock", "engines", "scopes", "ca.pem"}) {
    if (name == known) return refuse(405, "method not allowed");
  }
  return refuse(404, "no such path");
}

http::Response Console::health() const {
  Json services = Json::object();
  for (const Service* service : host_.services) {
    const auto table = api::find_service(service->name);
    services[std::string(service->name)] = {{"status", "available"},
                                            {"operations", service->operations.size()},
                                            {"operations_of_aws", table ? table->operations() : 0}};
  }
  const auto uptime = std::chrono::steady_clock::now() - started_;
  return json(200, {{"status", "ok"},
                    {"version", version_},
                    {"uptime_seconds", std::chrono::duration_cast<std::chrono::seconds>(uptime).count()},
                    {"services", std::move(services)}});
}

http::Response Console::reset() {
  // The files that services keep beside the database, each in a folder of its name. They go first: a file that is
  // written in between has no row afterwards and is swept, while the other order could take the file of a new row.
  for (const Service* service : host_.services) {
    std::error_code ignored;
    std::filesystem::remove_all(std::filesystem::path(host_.settings.data_dir) / service->name, ignored);
  }
  // Waits for the writer on an I/O thread. Rare and short, and the writer never waits for an I/O thread.
  host_.store.reset();
  host_.requests.clear();
  host_.coverage.clear();
  host_.clock.reset();
  if (host_.peers.engines != nullptr) {
    host_.peers.engines->poke();
    if (!host_.peers.engines->settled(kResetMillis)) return refuse(500, "the engines have not ended yet");
  }
  return json(200, {{"status", "reset"}});
}

http::Response Console::engines() const {
  if (host_.peers.engines == nullptr)
    return json(200, {{"software", Json::array()}, {"engines", Json::array()}, {"copies", Json::array()}});
  return json(200, host_.peers.engines->describe());
}

http::Response Console::scopes() const {
  std::set<storage::Scope> held;
  host_.store.read([&](storage::Transaction& tx) {
    held = storage::scopes(tx);
    for (const Service* service : host_.services) {
      if (service->scopes != nullptr) service->scopes(tx, held);
    }
  });
  Json list = Json::array();
  for (const auto& [account, region, service] : held) {
    list.push_back({{"account", account}, {"region", region}, {"service", service}});
  }
  return json(200, {{"scopes", std::move(list)}});
}

http::Response Console::requests() const {
  Json list = Json::array();
  for (const auto& record : host_.requests.list()) list.push_back(record_json(record));
  return json(200, {{"total", host_.requests.total()}, {"requests", std::move(list)}});
}

http::Response Console::findings() const {
  Json list = Json::array();
  host_.store.read([&](storage::Transaction& tx) {
    for (const auto& finding : storage::FindingTable(tx).list()) list.push_back(finding_json(finding));
  });
  return json(200, {{"findings", std::move(list)}});
}

http::Response Console::authority() const {
  http::Response response;
  response.status = 200;
  response.headers.add("Content-Type", "application/x-pem-file");
  response.body = authority_();
  return response;
}

http::Response Console::coverage(const http::Request& request) {
  if (request.method == "DELETE")
    host_.coverage.clear();
  else if (request.method != "GET")
    return refuse(405, "method not allowed");
  Json list = Json::array();
  for (const auto& entry : host_.coverage.list()) {
    list.push_back(
        {{"service", entry.service}, {"operation", entry.operation}, {"member", entry.member}, {"count", entry.count}});
  }
  return json(200, {{"unread", std::move(list)}});
}

/// POST /_orrery/clock?advance=60000 moves time by so many milliseconds.
http::Response Console::clock(const http::Request& request) {
  if (request.method == "POST") {
    std::int64_t advance = 0;
    bool valid = false;
    for (const auto& [name, value] : http::parse_query(request.query)) {
      if (name != "advance") continue;
      const auto [end, status] = std::from_chars(value.data(), value.data() + value.size(), advance);
      valid = status == std::errc() && end == value.data() + value.size();
    }
    if (!valid) return refuse(400, "advance must be a number of milliseconds");
    host_.clock.advance(advance);
    host_.store.write([&](storage::Transaction& tx) { storage::ClockOffset(tx).set(host_.clock.offset()); });
  }
  const aws::Millis now = host_.clock.now();
  return json(200, {{"now", aws::iso8601_ms(now)}, {"now_ms", now}, {"offset_ms", host_.clock.offset()}});
}

}  // namespace orrery::console
