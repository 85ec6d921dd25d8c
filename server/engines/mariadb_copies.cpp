#include <csignal>
#include <ctime>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>

#include "engines/folders.hpp"
#include "engines/mariadb.hpp"

namespace orrery::engines::mariadb {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Of a copy: the binary log that belongs to it. Of a restored engine: the part of another's log that it follows.
constexpr auto log_in_copy = "orrery.binlog";
constexpr auto fetched_folder = "binlog.fetched";

fs::path index_of(const fs::path& folder) { return folder / (std::string(log_name) + ".index"); }

/// The files of the binary log in a folder, oldest first, by their names alone.
std::vector<std::string> log_files(const fs::path& folder) {
  std::vector<std::string> names;
  std::ifstream index(index_of(folder));
  for (std::string line; std::getline(index, line);)
    if (!line.empty()) names.push_back(fs::path(line).filename().string());
  return names;
}

/// Whether every thread of the process is stopped. True also where that cannot be seen, after a while.
bool stands_still(const Engine& engine) {
#ifdef __linux__
  std::ifstream note(engine.outside("data") / "mariadbd.pid");
  std::string pid;
  note >> pid;
  const fs::path process = fs::path("/proc") / (pid.empty() ? "none" : pid);
  // In a container the number is another's.
  if (read_file(process / "cmdline").find(engine.inside("conf/my.cnf")) != std::string::npos) {
    std::error_code ended;
    for (fs::directory_iterator task(process / "task", ended), end; !ended && task != end; task.increment(ended)) {
      const auto state = read_file(task->path() / "stat");
      const auto name_end = state.rfind(')');
      if (name_end != std::string::npos && state.compare(name_end, 3, ") T") != 0) return false;
    }
    return true;
  }
#endif
  std::this_thread::sleep_for(milliseconds(200));
  return true;
}

/// A running server that is stopped by a signal for as long as this lives. What lies on disk then is what kill -9 would
/// leave, and so what InnoDB and Aria recover from.
class Halt {
 public:
  explicit Halt(const Engine& engine) : runtime_(engine.runtime) {
    if (!runtime_.alive()) return;
    halted_ = true;
    runtime_.signal(SIGSTOP);
    for (int attempt = 0; attempt < 500 && !stands_still(engine); ++attempt)
      std::this_thread::sleep_for(milliseconds(2));
  }
  ~Halt() {
    if (halted_) runtime_.signal(SIGCONT);
  }
  Halt(const Halt&) = delete;
  Halt& operator=(const Halt&) = delete;

 private:
  Runtime& runtime_;
  bool halted_ = false;
};

/// A session that holds commits back as long as it lives, as MariaDB's documentation asks for before a storage snapshot
/// ("BACKUP STAGE"). None where there is no server, or where statements keep it waiting too long: InnoDB recovers from
/// that as well, but with more to do.
std::optional<Session> hold_commits(const Engine& engine) {
  if (!engine.runtime.alive()) return std::nullopt;
  try {
    Session session = engine.session();
    for (const auto* stage : {"START", "BLOCK_COMMIT"}) session.query(std::string("BACKUP STAGE ") + stage);
    return session;
  } catch (const std::runtime_error& error) {
    engine.log(std::string("copied with commits under way: ") + error.what());
    return std::nullopt;
  }
}

/// Takes what an engine was in its former place out of its data.
void forget_past(const fs::path& data) {
  for (const auto* name : {"mariadbd.pid", "master.info", "multi-master.info", "relay-log.info", "ibtmp1"})
    fs::remove(data / name);
}

void copy_file(const Engine& engine, const fs::path& from, const fs::path& to) {
  std::error_code missing;
  if (!fs::copy_file(from, to, fs::copy_options::overwrite_existing, missing)) return;
  engine.runtime.hand_over(to);
}

/// The newest file of the log is the one that a recovery looks into for transactions that are half committed.
void copy_newest_log(const Engine& engine, const fs::path& to) {
  const auto from = engine.outside(log_folder);
  const auto names = log_files(from);
  if (names.empty()) return;
  fs::create_directories(to);
  engine.runtime.hand_over(to);
  copy_file(engine, from / names.back(), to / names.back());
  copy_file(engine, from / (std::string(log_name) + ".state"), to / (std::string(log_name) + ".state"));
  engine.write(to / "newest", names.back());
}

std::string utc(std::int64_t millis) {
  const std::time_t at = millis / 1000;
  std::tm parts{};
  gmtime_r(&at, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

/// The source's log from the copy on, fetched into the engine's own folder, since a container sees no other.
void fetch_log(const Engine& engine) {
  const auto source = read_file(engine.outside("data") / source_file);
  const auto from = engine.folder_of(source) / log_folder, to = engine.outside(fetched_folder);
  if (source.empty() || !fs::exists(index_of(from)))
    throw std::runtime_error("the log of " + source + " is gone, so there is nothing to recover from");
  if (const auto running = engine.running(source)) {
    // So that the last file is whole.
    Session session({.host = running->host,
                     .port = running->port,
                     .user = "rdsadmin",
                     .password = read_file(engine.folder_of(source) / "data" / secret_file)});
    session.query("FLUSH BINARY LOGS");
  }
  const auto first = read_file(engine.outside("data") / log_in_copy / "newest");
  fs::create_directories(to);
  std::string list;
  for (const auto& name : log_files(from)) {
    if (name < first) continue;
    copy_file(engine, from / name, to / name);
    list += name + "\n";
  }
  engine.write(to / "list", list);
  engine.runtime.hand_over(to);
}

}  // namespace

void copy_data(const Engine& engine, const fs::path& to) {
  const auto fresh = engine.outside("copy.new");
  fs::remove_all(fresh);
  fs::remove_all(to);
  {
    const auto held = hold_commits(engine);
    const Halt halt(engine);
    engine.runtime.copy_folder(engine.outside("data"), fresh);
    copy_newest_log(engine, fresh / log_in_copy);
  }
  forget_past(fresh);
  engine.write(fresh / source_file, engine.specification.id);
  engine.move_folder(fresh, to);
}

void prepare_restored_data(const Engine& engine) {
  const auto data = engine.outside("data"), log = engine.outside(log_folder);
  if (engine.settings.recover_to) fetch_log(engine);
  const auto newest = read_file(data / log_in_copy / "newest");
  fs::remove_all(log);
  if (!newest.empty()) {
    fs::remove(data / log_in_copy / "newest");
    fs::rename(data / log_in_copy, log);
    engine.write(index_of(log), engine.inside(log_folder) + "/" + newest + "\n");
  }
  fs::remove_all(data / log_in_copy);
}

void recover(const Engine& engine) {
  const auto fetched = engine.outside(fetched_folder);
  if (!engine.settings.recover_to || !fs::exists(fetched / "list")) return;
  auto session = engine.session();
  const auto position = session.value("SELECT @@global.gtid_binlog_pos").value_or("");
  const auto& place = engine.runtime.place();
  // The names of the files have no special characters. What was logged up to the moment's own second is replayed.
  // Without strict mode, as strictly it is an error that the log has nothing behind the start.
  std::string script = "set -e; cd \"$0\"; mariadb-binlog --no-defaults --skip-gtid-strict-mode --stop-datetime='" +
                       utc(*engine.settings.recover_to + 1000) + "'";
  if (!position.empty()) script += " --start-position='" + position + "'";
  script +=
      " $(cat list) >statements && mariadb --no-defaults --ssl --skip-ssl-verify-server-cert --binary-mode "
      "--max-allowed-packet=1G -h " +
      reachable(place.listen_host) + " -P " + std::to_string(place.listen_port) + " -u rdsadmin <statements";
  engine.run({.argv = {"sh", "-c", script, engine.inside(fetched_folder)},
              .environment = {{"TZ", "UTC"}, {"MYSQL_PWD", read_file(engine.outside("data") / secret_file)}}},
             seconds(3600));
  fs::remove_all(fetched);
}

}  // namespace orrery::engines::mariadb
