#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <set>

#include "aws/ids.hpp"
#include "aws/text.hpp"
#include "engines/folders.hpp"
#include "engines/mariadb.hpp"

namespace orrery::engines::mariadb {
namespace {

/// What the place, the certificate and the engine's life decide, not a group. RDS lets a group set few of them.
constexpr std::string_view reserved[] = {"aria_log_dir_path",
                                         "basedir",
                                         "bind_address",
                                         "character_sets_dir",
                                         "chroot",
                                         "datadir",
                                         "default_time_zone",
                                         "general_log_file",
                                         "init_file",
                                         "innodb_data_file_path",
                                         "innodb_data_home_dir",
                                         "innodb_log_group_home_dir",
                                         "innodb_page_size",
                                         "innodb_undo_directory",
                                         "innodb_use_native_aio",
                                         "lc_messages_dir",
                                         "log_basename",
                                         "log_bin",
                                         "log_bin_basename",
                                         "log_bin_index",
                                         "log_error",
                                         "log_slave_updates",
                                         "pid_file",
                                         "plugin_dir",
                                         "plugin_load",
                                         "plugin_load_add",
                                         "port",
                                         "relay_log",
                                         "relay_log_basename",
                                         "relay_log_index",
                                         "relay_log_info_file",
                                         "secure_file_priv",
                                         "server_id",
                                         "skip_grant_tables",
                                         "skip_networking",
                                         "skip_slave_start",
                                         "slave_load_tmpdir",
                                         "slow_query_log_file",
                                         "socket",
                                         "ssl",
                                         "ssl_ca",
                                         "ssl_capath",
                                         "ssl_cert",
                                         "ssl_cipher",
                                         "ssl_crl",
                                         "ssl_crlpath",
                                         "ssl_key",
                                         "tmpdir",
                                         "user"};

bool is_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// MySQL's names of what MariaDB 10.11 calls otherwise.
std::string own_name(const std::string& given) {
  std::string name = aws::lower(given);
  std::replace(name.begin(), name.end(), '-', '_');
  if (name == "transaction_isolation") return "tx_isolation";
  if (name == "transaction_read_only") return "tx_read_only";
  return name;
}

/// Groups are written for the instance class, whose memory this machine may not have.
std::string fitting(const Engine& engine, const std::string& name, const std::string& value) {
  if (name != "innodb_buffer_pool_size") return value;
  const auto limit =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 4;
  std::uint64_t asked = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), asked);
  if (error != std::errc() || end != value.data() + value.size() || asked <= limit) return value;
  engine.log(name + " " + value + " is more than a quarter of this machine's memory: " + std::to_string(limit));
  return std::to_string(limit);
}

/// The group's part.
Variables group(const Engine& engine) {
  Variables out;
  for (const auto& [given, value] : engine.settings.parameters) {
    const auto name = own_name(given);
    if (std::find(std::begin(reserved), std::end(reserved), name) != std::end(reserved)) continue;
    if (!is_name(name) || value.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos)
      engine.log("parameter " + given + " cannot stand in a configuration file");
    else
      out[name] = fitting(engine, name, value);
  }
  return out;
}

/// What RDS sets for everybody, and sizes for many databases on one desk. Under it lies what MariaDB itself has.
Variables defaults(const Engine& engine) {
  Variables out{{"innodb_buffer_pool_size", "33554432"},
                {"innodb_log_file_size", redo_log_size},
                {"innodb_temp_data_file_path", "ibtmp1:3M:autoextend"},
                {"log_output", "TABLE"},
                {"max_binlog_size", "134217728"},
                {"require_secure_transport", engine.settings.force_tls ? "ON" : "OFF"},
                {"skip_name_resolve", "ON"},
                {"sync_binlog", "1"}};
  if (engine.specification.software == "mysql") out["character_set_server"] = "utf8mb4";
  if (!engine.settings.replica_of.empty()) out["read_only"] = "ON";
  return out;
}

Variables variables(const Engine& engine) {
  Variables out = defaults(engine);
  for (const auto& [name, value] : group(engine)) out[name] = value;
  return out;
}

/// Different in every engine, so that replicas know whose a change is.
std::string server_id(const Engine& engine) {
  return std::to_string(std::strtoul(aws::hex(aws::sha256(engine.specification.id)).substr(0, 7).c_str(), nullptr, 16) +
                        1);
}

/// What the place decides. It comes last, because the last line of a name is the one that counts.
Variables own(const Engine& engine) {
  const auto& place = engine.runtime.place();
  const auto log = [&](const char* name) { return engine.inside(std::string("log/") + name); };
  const auto in_log_folder = [&](const std::string& name) {
    return engine.inside(std::string(log_folder) + "/" + name);
  };
  return {{"datadir", engine.inside("data")},
          {"aria_log_dir_path", aria_folder},
          {"tmpdir", engine.inside("tmp")},
          {"bind_address", place.listen_host},
          {"port", std::to_string(place.listen_port)},
          // A path that a Unix socket can have is shorter than those of data folders are.
          {"socket", ""},
          {"pid_file", engine.inside("data/mariadbd.pid")},
          {"ssl_cert", engine.inside("tls/server.crt")},
          {"ssl_key", engine.inside("tls/server.key")},
          {"log_error", log("mysql-error.log")},
          {"slow_query_log_file", log("mysql-slowquery.log")},
          {"general_log_file", log("mysql-general.log")},
          {"server_id", server_id(engine)},
          {"log_bin", in_log_folder(log_name)},
          {"log_bin_index", in_log_folder(std::string(log_name) + ".index")},
          {"log_slave_updates", "ON"},
          {"relay_log", in_log_folder("relaylog")},
          {"relay_log_index", in_log_folder("relaylog.index")},
          {"relay_log_recovery", "ON"},
          {"skip_slave_start", "ON"},
          // A copy is made while the server is stopped by a signal, which the kernel's own writes would not heed.
          {"innodb_use_native_aio", "OFF"}};
}

std::string quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\\') out += c;
    if (c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string lines(const Variables& values, const std::string& prefix = "") {
  std::string text;
  for (const auto& [name, value] : values)
    text += prefix +
            (name == "time_zone"      ? "default_time_zone"
             : name == "tx_isolation" ? "transaction_isolation"
                                      : name) +
            " = " + quoted(value) + "\n";
  return text;
}

bool is_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

constexpr unsigned read_only_variable = 1238, unknown_variable = 1193, wrong_type = 1232;

/// `value`: nullptr for MariaDB's own.
void set_global(Session& session, const std::string& name, const std::string* value) {
  const auto assign = [&](const std::string& text) { session.query("SET GLOBAL " + identifier(name) + " = " + text); };
  if (value == nullptr) return assign("DEFAULT");
  if (!is_number(*value)) return assign(literal(*value));
  try {
    assign(*value);
  } catch (const SqlError& error) {
    if (error.number != wrong_type) throw;
    assign(literal(*value));
  }
}

}  // namespace

void configure(const Engine& engine) {
  engine.make_folders({"conf", "log", "tmp", log_folder});
  engine.certify({});
  // "loose": what this version does not know, or does not take, is passed over with a line in its log.
  engine.write(engine.outside("conf/my.cnf"),
               "[mariadbd]\n" + lines(defaults(engine)) + lines(group(engine), "loose_") + lines(own(engine)));
}

void take_over(const Engine& before, const Engine& after) {
  const auto was = variables(before), shall = variables(after);
  std::set<std::string> names;
  for (const auto& [name, value] : was) names.insert(name);
  for (const auto& [name, value] : shall) names.insert(name);
  auto session = after.session();
  std::string pending;
  for (const auto& name : names) {
    const auto old = was.find(name), wanted = shall.find(name);
    if (old != was.end() && wanted != shall.end() && old->second == wanted->second) continue;
    try {
      set_global(session, name, wanted == shall.end() ? nullptr : &wanted->second);
    } catch (const SqlError& error) {
      if (error.number == read_only_variable)
        pending += (pending.empty() ? "" : ", ") + name;
      else if (error.number != unknown_variable)
        after.log("MariaDB refuses a parameter of the group: " + std::string(error.what()));
    }
  }
  if (!pending.empty()) after.log("waits for a reboot: " + pending);
  complete(after);
}

void complete(const Engine& engine) {
  if (engine.settings.parameters.empty()) return;
  auto session = engine.session();
  std::map<std::string, bool> known;  // whether it can stand in a file
  for (const auto& row : session.query("SELECT lower(variable_name), command_line_argument IS NOT NULL OR "
                                       "read_only = 'YES' FROM information_schema.system_variables"))
    known[row[0]] = row[1] == "1";
  std::string unknown;
  for (const auto& [name, value] : group(engine)) {
    const auto found = known.find(name);
    if (found == known.end()) unknown += (unknown.empty() ? "" : ", ") + name;
    if (found == known.end() || found->second) continue;
    try {
      set_global(session, name, &value);
    } catch (const SqlError& error) {
      engine.log("MariaDB refuses a parameter of the group: " + std::string(error.what()));
    }
  }
  if (!unknown.empty())
    engine.log("parameters of the group that this MariaDB does not know have no effect: " + unknown);
}

}  // namespace orrery::engines::mariadb
