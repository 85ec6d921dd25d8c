#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "aws/ids.hpp"
#include "engines/folders.hpp"
#include "engines/postgres.hpp"

namespace orrery::engines::postgres {
namespace {

using std::chrono::seconds;
constexpr auto backup_limit = seconds(3600);

Login login(const Engine& engine, const Specification& other) {
  return {other.host, other.port,
          "rdsadmin", read_file(engine.folder_of(other.id) / "data" / secret_file),
          "rdsadmin", std::string(quiet_options())};
}

Command base_backup(const std::string& host, std::uint16_t port, const std::string& secret, const std::string& target) {
  return {.argv = {"pg_basebackup", "-h", host, "-p", std::to_string(port), "-U", "rdsrepladmin", "-D", target, "-c",
                   "fast", "-X", "stream", "--no-sync", "--no-manifest", "-w"},
          .environment = {{"PGPASSWORD", secret}, {"PGSSLMODE", "prefer"}}};
}

/// Takes what a cluster was in its former place out of its data: a copy is nobody's standby and has no subscribers.
void forget_past(const fs::path& data) {
  for (const auto* name : {"standby.signal", "recovery.signal", "postmaster.pid", "postmaster.opts",
                           "postgresql.auto.conf", "backup_manifest"})
    fs::remove(data / name);
  if (fs::exists(data / "pg_replslot"))
    for (const auto& slot : fs::directory_iterator(data / "pg_replslot")) fs::remove_all(slot.path());
}

/// A commit later than anything asked for, and its segment in the archive: recovery towards a moment after the last
/// commit would else end in an error, because it cannot know that nothing more came.
void flush_archive(const Engine& engine, const Specification& source) {
  Session session(login(engine, source));
  session.query("SELECT txid_current()");
  const auto segment = session.value("SELECT pg_walfile_name(pg_switch_wal())").value_or("");
  for (int attempt = 0; attempt < 1500; ++attempt) {
    if (fs::exists(engine.folder_of(source.id) / archive_folder / segment)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("the log of " + source.id + " did not reach its archive within 30 seconds");
}

std::int64_t changed_millis(const fs::path& path) {
  const auto system = std::chrono::file_clock::to_sys(fs::last_write_time(path));
  return std::chrono::duration_cast<std::chrono::milliseconds>(system.time_since_epoch()).count();
}

/// The log that follows the copy, fetched from the source's folder, since a container sees no folder but its own.
void fetch_log(const Engine& engine, const std::string& source_id) {
  const auto source = engine.folder_of(source_id);
  const auto fetched = engine.outside(fetched_folder);
  auto target = std::to_string(*engine.settings.recover_to);
  fs::remove_all(fetched);
  if (const auto specification = engine.running(source_id)) {
    if (read_settings(*specification).archive_days == 0)
      throw std::runtime_error(source_id + " keeps no archive of its log");
    flush_archive(engine, *specification);
  } else if (!fs::exists(source / "data")) {
    throw std::runtime_error("the log of " + source_id + " is gone, so there is nothing to recover from");
  } else if (changed_millis(source / "data" / "global" / "pg_control") <= *engine.settings.recover_to) {
    target.clear();  // stopped before the moment that is asked for: everything that it has
  }
  engine.runtime.copy_folder(source / archive_folder, fetched);
  // A stopped source's last segments are in no archive yet.
  if (target.empty() || !engine.running(source_id))
    for (const auto& file : fs::directory_iterator(source / "data" / "pg_wal"))
      if (file.is_regular_file() && !fs::exists(fetched / file.path().filename())) {
        fs::copy_file(file.path(), fetched / file.path().filename());
        engine.runtime.hand_over(fetched / file.path().filename());
      }
  engine.write(fetched / "target", target);
}

/// What follows `label` on its line of `text`, up to a ')' or its end.
std::string text_after(const std::string& text, const std::string& label) {
  const auto at = text.find(label);
  if (at == std::string::npos) return "";
  const auto begin = text.find_first_not_of(' ', at + label.size());
  return text.substr(begin, text.find_first_of(")\n", begin) - begin);
}

/// The segment of the log that recovery from these data begins with.
std::string log_start(const Engine& engine, const fs::path& outside, const std::string& inside) {
  // "START WAL LOCATION: 0/2000028 (file 000000010000000000000002)"
  const auto label = read_file(outside / "backup_label");
  if (!label.empty()) return text_after(label, "(file ");
  return text_after(engine.run({{"pg_controldata", "-D", inside}}, seconds(60)), "REDO WAL file:");
}

void ensure_slot(const Login& primary, const std::string& slot) {
  Session session(primary);
  if (session.value("SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND wal_status = 'lost'", {slot}))
    session.query("SELECT pg_drop_replication_slot($1)", {slot});
  session.query(
      "SELECT pg_create_physical_replication_slot($1, true) WHERE NOT EXISTS "
      "(SELECT FROM pg_replication_slots WHERE slot_name = $1)",
      {slot});
}

}  // namespace

std::string slot_name(const std::string& id) { return "rds_" + aws::hex(aws::sha256(id)).substr(0, 24); }

void prepare_restored_data(const Engine& engine) {
  const auto data = engine.outside("data");
  forget_past(data);
  if (!engine.settings.recover_to) return;
  const auto source = read_file(data / source_file);
  if (source.empty()) throw std::runtime_error("the copy does not say which engine it was made from");
  fetch_log(engine, source);
  engine.write(data / "recovery.signal", "");
}

void make_replica_data(const Engine& engine) {
  const auto& primary_id = engine.settings.replica_of;
  const auto primary = engine.running(primary_id);
  if (!primary) throw std::runtime_error("the source " + primary_id + " is not running");
  const auto access = login(engine, *primary);
  ensure_slot(access, slot_name(engine.specification.id));
  const auto fresh = engine.outside("data.new");
  fs::remove_all(fresh);
  engine.run(base_backup(primary->host, primary->port, access.password, engine.inside("data.new")), backup_limit);
  forget_past(fresh);
  engine.write(fresh / "standby.signal", "");
  fs::remove_all(engine.outside("data"));
  fs::rename(fresh, engine.outside("data"));
}

std::string primary_connection(const Engine& engine) {
  const auto note = engine.outside("conf") / "primary";
  const auto primary = engine.running(engine.settings.replica_of);
  if (!primary) return read_file(note);
  const auto access = login(engine, *primary);
  try {
    ensure_slot(access, slot_name(engine.specification.id));
  } catch (const std::runtime_error& error) {
    engine.log(std::string("no replication slot on the source yet: ") + error.what());
  }
  const auto text = "host=" + primary->host + " port=" + std::to_string(primary->port) +
                    " user=rdsrepladmin password=" + access.password +
                    " sslmode=prefer application_name=" + slot_name(engine.specification.id);
  if (read_file(note) != text) engine.write(note, text);
  return text;
}

void promote(const Engine& engine, const std::string& former_primary) {
  auto session = engine.session();
  if (session.value("SELECT pg_is_in_recovery()") == "t" && session.value("SELECT pg_promote(true, 60)") != "t")
    throw std::runtime_error("the replica did not leave recovery within 60 seconds");
  const auto primary = engine.running(former_primary);
  if (!primary) return;
  try {
    Session(login(engine, *primary))
        .query(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active",
            {slot_name(engine.specification.id)});
  } catch (const std::runtime_error& error) {
    engine.log(std::string("the replication slot stays on the source: ") + error.what());
  }
}

void prune_archive(const Engine& engine, const std::vector<fs::path>& copies) {
  if (engine.settings.archive_days == 0) {
    for (const auto& file : fs::directory_iterator(engine.outside(archive_folder))) fs::remove(file.path());
    return;
  }
  // Automated backups are a day apart, so that the oldest is older than the period, by up to a day. A manual snapshot
  // from before that is no start of a restore to a point in time, unless it is the only one.
  const auto horizon = fs::file_time_type::clock::now() - std::chrono::hours(24 * (engine.settings.archive_days + 1));
  std::pair<fs::file_time_type, std::string> oldest, newest;
  for (const auto& copy : copies) {
    const auto segment = read_file(copy / log_start_file);
    if (segment.empty()) return;  // of an earlier version, which did not note it
    const std::pair made(fs::last_write_time(copy / log_start_file), segment);
    if (made.first >= horizon && (oldest.second.empty() || made < oldest)) oldest = made;
    if (newest.second.empty() || newest < made) newest = made;
  }
  const auto& first = oldest.second.empty() ? newest.second : oldest.second;
  if (!first.empty()) engine.run({{"pg_archivecleanup", engine.inside(archive_folder), first}}, seconds(60));
}

void copy_data(const Engine& engine, const fs::path& to) {
  const auto fresh = engine.outside("copy.new");
  fs::remove_all(fresh);
  fs::remove_all(to);
  if (engine.runtime.alive()) {
    const auto& place = engine.runtime.place();
    engine.run(base_backup(reachable(place.listen_host), place.listen_port,
                           read_file(engine.outside("data") / secret_file), engine.inside("copy.new")),
               backup_limit);
  } else {
    engine.runtime.copy_folder(engine.outside("data"), fresh);
  }
  forget_past(fresh);
  engine.write(fresh / log_start_file, log_start(engine, fresh, engine.inside("copy.new")));
  engine.write(fresh / source_file, engine.specification.id);
  engine.move_folder(fresh, to);
}

}  // namespace orrery::engines::postgres
