#include <stdexcept>
#include <thread>

#include "engines/folders.hpp"
#include "engines/mariadb.hpp"

namespace orrery::engines::mariadb {
namespace {

constexpr auto patience = std::chrono::seconds(60);

/// Written once the replica has its position: from then on it keeps that itself.
constexpr auto begun_file = "orrery.replica";
/// Where its source answers, because it must start without its source too. MariaDB's own master.info is found by
/// access(), as Aria's control file is (aria_folder).
constexpr auto source_note = "source";

std::string at(const Session::Record& status, const char* name) {
  const auto found = status.find(name);
  return found == status.end() ? "" : found->second;
}

}  // namespace

void follow(const Engine& engine) {
  auto session = engine.session();
  const auto begun = engine.outside("data") / begun_file;
  if (!fs::exists(begun)) {
    // The copy that it started with has everything that stands in the copy's log.
    session.query("SET GLOBAL gtid_slave_pos = @@global.gtid_binlog_pos");
    engine.write(begun, "");
  }
  const auto note = engine.outside("conf") / source_note;
  if (const auto source = engine.running(engine.settings.replica_of)) {
    const auto secret = read_file(engine.folder_of(source->id) / "data" / secret_file);
    const auto whereabouts = "MASTER_HOST = " + literal(source->host) +
                             ", MASTER_PORT = " + std::to_string(source->port) +
                             ", MASTER_PASSWORD = " + literal(secret);
    if (read_file(note) != whereabouts) engine.write(note, whereabouts);
  }
  session.query("SET GLOBAL read_only = ON");
  const auto whereabouts = read_file(note);
  if (whereabouts.empty()) throw std::runtime_error("it is not known where " + engine.settings.replica_of + " answers");
  session.query("STOP SLAVE");
  session.query("CHANGE MASTER TO " + whereabouts +
                ", MASTER_USER = 'rdsrepladmin', MASTER_SSL = 1, MASTER_SSL_VERIFY_SERVER_CERT = 0, "
                "MASTER_CONNECT_RETRY = 2, MASTER_USE_GTID = slave_pos");
  session.query("START SLAVE");
}

void promote(const Engine& engine) {
  auto session = engine.session();
  if (session.record("SHOW SLAVE STATUS").empty()) return;
  session.query("STOP SLAVE IO_THREAD");
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto status = session.record("SHOW SLAVE STATUS");
    // One that stopped at an error has nothing more to wait for.
    if (at(status, "Slave_SQL_Running") != "Yes" ||
        (at(status, "Read_Master_Log_Pos") == at(status, "Exec_Master_Log_Pos") &&
         at(status, "Master_Log_File") == at(status, "Relay_Master_Log_File")))
      break;
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error("the replica did not apply what it received within 60 seconds");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  session.query("STOP SLAVE");
  session.query("RESET SLAVE ALL");
  if (!engine.settings.parameters.contains("read_only")) session.query("SET GLOBAL read_only = OFF");
  fs::remove(engine.outside("data") / begun_file);
}

}  // namespace orrery::engines::mariadb
