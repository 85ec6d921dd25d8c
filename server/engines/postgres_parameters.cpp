#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <set>
#include <sstream>
#include <string_view>

#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "engines/folders.hpp"
#include "engines/postgres.hpp"

namespace orrery::engines::postgres {
namespace {

using std::chrono::seconds;
using Parameters = std::map<std::string, std::string>;

/// What the place, the certificate and the engine's life decide, not a group: RDS does not let a group set most of
/// them either. fsync and full_page_writes stay on, because data must survive kill -9; huge pages need a machine
/// that was set up for them, and RDS's own default for them is "on".
constexpr std::string_view reserved[] = {"archive_command",
                                         "archive_library",
                                         "archive_mode",
                                         "config_file",
                                         "data_directory",
                                         "event_source",
                                         "external_pid_file",
                                         "fsync",
                                         "full_page_writes",
                                         "hba_file",
                                         "hot_standby",
                                         "huge_pages",
                                         "ident_file",
                                         "include",
                                         "include_dir",
                                         "include_if_exists",
                                         "listen_addresses",
                                         "log_directory",
                                         "log_file_mode",
                                         "logging_collector",
                                         "port",
                                         "primary_conninfo",
                                         "primary_slot_name",
                                         "recovery_end_command",
                                         "recovery_target",
                                         "recovery_target_action",
                                         "recovery_target_inclusive",
                                         "recovery_target_lsn",
                                         "recovery_target_name",
                                         "recovery_target_time",
                                         "recovery_target_timeline",
                                         "recovery_target_xid",
                                         "restore_command",
                                         "ssl",
                                         "ssl_ca_file",
                                         "ssl_cert_file",
                                         "ssl_crl_dir",
                                         "ssl_crl_file",
                                         "ssl_dh_params_file",
                                         "ssl_key_file",
                                         "ssl_passphrase_command",
                                         "unix_socket_directories",
                                         "unix_socket_group",
                                         "unix_socket_permissions",
                                         "wal_level"};

bool is_name(std::string_view name) {
  const auto good = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.'; };
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(), good);
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> out;
  std::stringstream stream(list);
  for (std::string part; std::getline(stream, part, ',');) {
    const auto begin = part.find_first_not_of(" \t\"'"), end = part.find_last_not_of(" \t\"'");
    if (begin != std::string::npos) out.push_back(part.substr(begin, end - begin + 1));
  }
  return out;
}

/// The names of loadable libraries, or nothing where they cannot be listed.
std::set<std::string> libraries(const Engine& engine) {
  auto folder = engine.run({{"pg_config", "--pkglibdir"}}, seconds(30));
  folder.erase(folder.find_last_not_of("\n ") + 1);
  std::set<std::string> names;
  const auto add = [&names](const std::string& file) { names.insert(file.substr(0, file.find('.'))); };
  if (const auto& place = engine.runtime.place(); place.inside == place.outside) {  // its files are this machine's
    for (const auto& entry : fs::directory_iterator(folder)) add(entry.path().filename().string());
    return names;
  }
  std::stringstream listing(engine.run({{"ls", folder}}, seconds(30)));
  for (std::string file; std::getline(listing, file);) add(file);
  return names;
}

/// A library that is missing keeps the whole server from starting (or each session), so only those that are there stay.
std::string loadable(const Engine& engine, const std::vector<std::string>& wanted) {
  std::set<std::string> present;
  try {
    present = libraries(engine);
  } catch (const std::runtime_error& error) {
    engine.log(std::string("cannot list the libraries of PostgreSQL: ") + error.what());
  }
  std::string list;
  for (const auto& name : wanted) {
    if (!present.contains(name)) {
      engine.log("library " + name + " is not installed here and is not loaded");
    } else {
      list.append(list.empty() ? "" : ",").append(name);
    }
  }
  return list;
}

void keep_loadable(const Engine& engine, Parameters& parameters) {
  auto preload = engine.settings.preload;
  if (const auto found = parameters.find("shared_preload_libraries"); found != parameters.end())
    for (auto& name : split(found->second))
      if (std::find(preload.begin(), preload.end(), name) == preload.end()) preload.push_back(std::move(name));
  parameters.erase("shared_preload_libraries");
  if (!preload.empty()) parameters["shared_preload_libraries"] = loadable(engine, preload);
  for (const auto* name : {"session_preload_libraries", "local_preload_libraries"})
    if (const auto found = parameters.find(name); found != parameters.end() && !found->second.empty())
      found->second = loadable(engine, split(found->second));
}

/// Groups are written for the instance class, whose memory this machine may not have.
void fit_memory(const Engine& engine, Parameters& parameters) {
  const auto found = parameters.find("shared_buffers");
  if (found == parameters.end()) return;
  const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  const auto limit = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 4 / 8192;
  std::uint64_t asked = 0;
  const auto& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), asked);
  if (error != std::errc() || end != text.data() + text.size() || asked <= limit) return;
  engine.log("shared_buffers " + text + " is more than a quarter of this machine's memory: " + std::to_string(limit));
  found->second = std::to_string(limit);
}

/// Hot standby needs at least its primary's size of what is laid out in shared memory ("Administrator's Overview" of
/// hot standby): with less it does not start.
void fit_primary(const Engine& engine, Parameters& parameters) {
  if (engine.settings.replica_of.empty() || engine.surroundings == nullptr) return;
  const auto primary = engine.surroundings->source(engine.settings.replica_of);
  if (!primary) return;
  const auto theirs = read_settings(*primary).parameters;
  for (const auto* name : {"max_connections", "max_worker_processes", "max_wal_senders", "max_prepared_transactions",
                           "max_locks_per_transaction"}) {
    const auto found = theirs.find(name);
    if (found == theirs.end()) continue;
    const auto own = parameters.find(name);
    if (own == parameters.end() || std::atol(own->second.c_str()) < std::atol(found->second.c_str()))
      parameters[name] = found->second;
  }
}

/// The parameters that the server's words complain about: `parameter "work_mem"` in any of its sentences.
std::set<std::string> blamed(const std::string& output, const Parameters& parameters) {
  std::set<std::string> names;
  constexpr std::string_view mark = "parameter \"";
  for (auto at = output.find(mark); at != std::string::npos; at = output.find(mark, at + 1)) {
    const auto begin = at + mark.size();
    const auto name = aws::lower(output.substr(begin, output.find('"', begin) - begin));
    if (parameters.contains(name)) names.insert(name);
  }
  return names;
}

std::string file_of(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) text += setting_line(name, value);
  return text;
}

/// Lets the server itself read the values; returns those that it refuses.
std::set<std::string> refused_by_server(const Engine& engine, Parameters left) {
  std::set<std::string> refused;
  while (!left.empty()) {
    engine.write(engine.outside("conf") / "trial.conf", file_of(left));
    const auto outcome = engine.runtime.run({{"postgres", "-D", engine.inside("data"), "-c",
                                              "config_file=" + engine.inside("conf/trial.conf"), "-C", "port"}},
                                            seconds(30));
    if (outcome.exit_code == 0) break;
    auto names = blamed(outcome.output, left);
    if (names.empty())
      for (const auto& [name, value] : left) names.insert(name);
    for (const auto& name : names) left.erase(name);
    refused.insert(names.begin(), names.end());
    engine.log("PostgreSQL refuses parameters of the group: " + outcome.output);
  }
  fs::remove(engine.outside("conf") / "trial.conf");
  return refused;
}

/// Takes out what the server refuses. Engines of one group and class ask the same: the answer is that of the first.
void keep_accepted(const Engine& engine, Parameters& parameters) {
  static std::mutex mutex;
  static std::map<std::string, std::set<std::string>> answers;
  const auto build = engine.run({{"postgres", "--version"}}, seconds(60));
  const auto question = aws::sha256(build + file_of(parameters));
  std::optional<std::set<std::string>> refused;
  {
    const std::lock_guard guard(mutex);
    if (const auto known = answers.find(question); known != answers.end()) refused = known->second;
  }
  if (!refused) {
    refused = refused_by_server(engine, parameters);
    const std::lock_guard guard(mutex);
    answers[question] = *refused;
  }
  for (const auto& name : *refused) parameters.erase(name);
}

}  // namespace

std::string setting_line(const std::string& name, const std::string& value) {
  std::string line = name + " = '";
  for (const char c : value) {
    if (c == '\'' || c == '\\') line += c;
    line += c;
  }
  return line + "'\n";
}

std::map<std::string, std::string> usable_parameters(const Engine& engine) {
  Parameters parameters;
  for (const auto& [given, value] : engine.settings.parameters) {
    const auto name = aws::lower(given);
    if (name.starts_with("rds.")) continue;
    if (std::find(std::begin(reserved), std::end(reserved), name) != std::end(reserved)) continue;
    if (!is_name(name) || value.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos) {
      engine.log("parameter " + name + " cannot stand in a configuration file");
      continue;
    }
    parameters[name] = value;
  }
  keep_loadable(engine, parameters);
  fit_memory(engine, parameters);
  fit_primary(engine, parameters);
  if (!parameters.empty()) keep_accepted(engine, parameters);
  return parameters;
}

}  // namespace orrery::engines::postgres
