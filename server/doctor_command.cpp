#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "commands.hpp"
#include "engines.hpp"
#include "engines/launch.hpp"
#include "engines/leases.hpp"
#include "engines/programs.hpp"
#include "net/fetch.hpp"

namespace orrery {

namespace {

namespace fs = std::filesystem;

/// Lines of one thing looked at each; remembers whether any was bad.
class Report {
 public:
  enum class Verdict { good, note, bad };

  void line(Verdict verdict, const std::string& what, const std::string& text) {
    if (verdict == Verdict::bad) bad_ = true;
    const char* mark = verdict == Verdict::good ? "ok  " : verdict == Verdict::note ? "--  " : "BAD ";
    std::cout << mark << what << std::string(what.size() < 12 ? 12 - what.size() : 1, ' ') << text << "\n";
  }
  bool bad() const { return bad_; }

 private:
  bool bad_ = false;
};
using Verdict = Report::Verdict;

/// The first line that a program prints; "" when it fails.
std::string first_line(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return "";
  std::array<char, 512> buffer{};
  std::string line = std::fgets(buffer.data(), buffer.size(), pipe) == nullptr ? "" : buffer.data();
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
  }
  ::pclose(pipe);
  while (line.ends_with('\n')) line.pop_back();
  return line;
}

void look_at_terraform(Report& report) {
  const engines::Programs programs("", "");
  for (const char* name : {"terraform", "tofu"}) {
    const auto found = programs.find(name);
    if (!found) continue;
    const std::string version = first_line("CHECKPOINT_DISABLE=1 '" + found->string() + "' version");
    return report.line(version.empty() ? Verdict::bad : Verdict::good, name,
                       found->string() + (version.empty() ? ", which does not run" : " (" + version + ")"));
  }
  report.line(Verdict::note, "terraform", "neither terraform nor tofu is on PATH; ./dev downloads one for itself");
}

void look_at_listener(Report& report, const std::string& what, const std::string& listen) {
  const auto address = net::parse_address(listen);
  if (!address) return report.line(Verdict::bad, what, listen + " is no ADDRESS:PORT");
  if (engines::can_bind(address->host == "localhost" ? "127.0.0.1" : address->host, address->port)) {
    return report.line(Verdict::good, what, listen + " is free");
  }
  try {
    net::Call call;
    call.path = "/_orrery/health";
    call.limit = std::chrono::seconds(2);
    const net::Fetched answer = net::send("http://" + listen, call);
    const Json health = Json::parse(answer.body, nullptr, false);
    if (health.is_object() && health.contains("uptime_seconds")) {
      return report.line(Verdict::good, what,
                         listen + ": an Orrery answers there, version " + health.value("version", "?"));
    }
  } catch (const std::exception&) {  // something else, or an address that is not this machine's
  }
  report.line(Verdict::bad, what, listen + " is in use by another program, or is no address of this machine");
}

void look_at_data(Report& report, const ServeOptions& options, const fs::path& data_dir) {
  if (options.ephemeral) {
    return report.line(Verdict::good, "data", "in a temporary directory below " + fs::temp_directory_path().string());
  }
  fs::path there = data_dir;
  while (!fs::exists(there) && there.has_parent_path() && there != there.parent_path()) there = there.parent_path();
  // By a file, as permissions are not all that may refuse one.
  std::string probe = (there / ".orrery-XXXXXX").string();
  const int file = ::mkstemp(probe.data());
  if (file >= 0) {
    ::close(file);
    ::unlink(probe.c_str());
  } else {
    return report.line(Verdict::bad, "data", data_dir.string() + " cannot be written to");
  }
  const bool exists = fs::exists(data_dir / "orrery.db");
  report.line(Verdict::good, "data", data_dir.string() + (exists ? " holds state" : " will be made"));
}

void look_at_user(Report& report, const std::string& software, const fs::path& data_dir) {
  const engines::User user = engines::user_for(software);
  if (!user.switches) return;
  fs::path folder = data_dir;
  while (!fs::exists(folder)) folder = folder.parent_path();
  const bool passes = engines::can_traverse(user, folder / "engines");
  report.line(
      passes ? Verdict::good : Verdict::note, "",
      "as user " + user.name +
          (passes ? "" : ", with a capability to pass folders that are closed to it (or choose another --data-dir)"));
}

void look_at_engines(Report& report, const engines::Options& options, const fs::path& data_dir) {
  const auto choice = choose_engines(options, data_dir, [](engines::Severity, const std::string&) {});
  for (const auto& row : choice->rows()) {
    const bool off = row.backend == engines::Backend::off;
    report.line(off ? Verdict::note : Verdict::good, row.software,
                std::string(name_of(row.backend)) + ": " + row.reason);
    if (row.backend == engines::Backend::native) look_at_user(report, row.software, data_dir);
  }
  if (choice->all_off()) return;
  const engines::Leases leases(options, data_dir);
  report.line(Verdict::good, "addresses", leases.describe());
}

}  // namespace

int doctor(const ServeOptions& options) {
  Report report;
  const fs::path data_dir = fs::absolute(options.data_dir);
  std::cout << "orrery " ORRERY_VERSION "\n";
  look_at_listener(report, "http", options.listen);
  if (!options.tls_listen.empty()) look_at_listener(report, "https", options.tls_listen);
  look_at_data(report, options, data_dir);
  try {
    look_at_engines(report, options.engine_options(),
                    options.ephemeral ? fs::temp_directory_path() / "orrery-XXXXXX" : data_dir);
  } catch (const std::runtime_error& error) {
    report.line(Verdict::bad, "engines", error.what());
  }
  look_at_terraform(report);
  return report.bad() ? 1 : 0;
}

}  // namespace orrery
