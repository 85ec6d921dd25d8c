#include <ctime>

#include "engines/mariadb.hpp"

namespace orrery::engines::mariadb {
namespace {

constexpr std::uintmax_t largest_file = 64 << 20;

}  // namespace

void rotate_logs(const Engine& engine) {
  bool renamed = false;
  for (const auto* name : {"mysql-error.log", "mysql-slowquery.log", "mysql-general.log"}) {
    const auto file = engine.outside("log") / name;
    std::error_code missing;
    if (fs::file_size(file, missing) <= largest_file || missing) continue;
    fs::rename(file, file.string() + ".1");
    renamed = true;
  }
  auto session = engine.session();
  if (renamed) session.query("SET STATEMENT sql_log_bin = 0 FOR FLUSH LOCAL ERROR LOGS, SLOW LOGS, GENERAL LOGS");
  for (const std::string log : {"slow_log", "general_log"}) {
    const auto bytes = session.value(
        "SELECT data_length FROM information_schema.tables WHERE table_schema = 'mysql' AND "
        "table_name = '" +
        log + "'");
    if (bytes && std::stoull("0" + *bytes) > largest_file) session.query("CALL mysql.rds_rotate_" + log + "()");
  }
}

}  // namespace orrery::engines::mariadb
