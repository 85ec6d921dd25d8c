#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <stdexcept>

#include "engines/folders.hpp"
#include "engines/postgres.hpp"

namespace orrery::engines::postgres {
namespace {

/// What RDS sets for everybody, and a size for many databases on one desk. The group's values come after.
std::string defaults(const Settings& settings) {
  const auto zone = settings.timezone.empty() ? "UTC" : settings.timezone;
  return setting_line("shared_buffers", "32MB") + setting_line("max_connections", "100") +
         setting_line("min_wal_size", "32MB") + setting_line("max_wal_size", "256MB") +
         setting_line("max_slot_wal_keep_size", "512MB") + setting_line("archive_timeout", "300") +
         setting_line("timezone", zone) + setting_line("log_timezone", "UTC") +
         setting_line("log_filename", "postgresql.log.%Y-%m-%d-%H") + setting_line("log_rotation_age", "60") +
         setting_line("log_line_prefix", "%t:%r:%u@%d:[%p]:") + setting_line("lc_messages", "C") +
         setting_line("password_encryption", "scram-sha-256");
}

std::string archiving(const Engine& engine) {
  if (engine.settings.archive_days == 0) return setting_line("archive_command", "exit 0");
  // Renamed when it is whole, so that a crash leaves no half of a segment under its name.
  const auto target = "\"" + engine.inside(archive_folder) + "/%f\"";
  return setting_line("archive_command", "test -f " + target + " || { cp \"%p\" " + target + ".new && mv " + target +
                                             ".new " + target + "; }");
}

std::string utc(std::int64_t millis) {
  const std::time_t seconds = millis / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  auto fraction = std::to_string(1000 + millis % 1000).substr(1);
  return std::string(text, length) + "." + fraction + "+00";
}

std::string recovery(const Engine& engine) {
  if (fs::exists(engine.outside("data") / "recovery.signal")) {
    // No reader before the end: and so the primary's sizes need not be met.
    auto text = setting_line("hot_standby", "off") + setting_line("recovery_target_action", "promote") +
                setting_line("restore_command", "cp \"" + engine.inside(fetched_folder) + "/%f\" \"%p\"");
    const auto target = read_file(engine.outside(fetched_folder) / "target");
    if (!target.empty()) text += setting_line("recovery_target_time", utc(std::stoll(target)));
    return text;
  }
  if (engine.settings.replica_of.empty()) return "";
  return setting_line("hot_standby", "on") + setting_line("primary_conninfo", primary_connection(engine)) +
         setting_line("primary_slot_name", slot_name(engine.specification.id));
}

/// Its own address and those that it answers at besides. PostgreSQL starts as long as it can listen at one of them, so
/// that an address can go from one engine to another.
std::string listen_addresses(const Engine& engine) {
  std::string list = engine.runtime.place().listen_host;
  if (list == "0.0.0.0") return list;
  for (const auto& host : engine.settings.listen) list += "," + host;
  return list;
}

/// What the place decides. It comes last, because the last line of a name is the one that counts.
std::string own(const Engine& engine) {
  const auto& place = engine.runtime.place();
  const auto& group = engine.settings.parameters;
  const auto logical = group.find("rds.logical_replication");
  const bool is_logical = logical != group.end() && (logical->second == "1" || logical->second == "on");
  std::string text =
      setting_line("listen_addresses", listen_addresses(engine)) +
      setting_line("port", std::to_string(place.listen_port)) + setting_line("unix_socket_directories", "") +
      setting_line("data_directory", engine.inside("data")) +
      setting_line("hba_file", engine.inside("conf/pg_hba.conf")) +
      setting_line("ident_file", engine.inside("conf/pg_ident.conf")) + setting_line("ssl", "on") +
      setting_line("ssl_cert_file", engine.inside("tls/server.crt")) +
      setting_line("ssl_key_file", engine.inside("tls/server.key")) + setting_line("logging_collector", "on") +
      setting_line("log_directory", engine.inside("log")) + setting_line("fsync", "on") +
      setting_line("full_page_writes", "on") + setting_line("huge_pages", "off") +
      setting_line("wal_level", is_logical ? "logical" : "replica") + setting_line("archive_mode", "on");
  text += archiving(engine) + recovery(engine);
  // Clients ask for these two with SHOW.
  text += setting_line("rds.extensions", supported_extensions());
  text += setting_line("rds.force_ssl", engine.settings.force_tls ? "1" : "0");
  return text;
}

/// Members of rds_iam log in with a token and over TLS, and by nothing else, as on RDS. A server that was built without
/// LDAP would not start with such lines.
std::string token_logins(const Engine& engine) {
  if (!engine.settings.iam || engine.surroundings->login_port == 0) return "";
  try {
    const auto built = engine.run({{"pg_config", "--configure"}}, std::chrono::seconds(30));
    if (built.find("--with-ldap") == std::string::npos)
      throw std::runtime_error("this PostgreSQL is built without LDAP");
  } catch (const std::runtime_error& error) {
    engine.log(std::string("no IAM logins, which are judged through LDAP: ") + error.what());
    return "";
  }
  std::string text;
  // From 16 on the master is a member for the sake of the admin option (postgres_roles.cpp), not to log in by tokens.
  if (std::atoi(read_file(engine.outside("data") / "PG_VERSION").c_str()) >= 16 && !engine.settings.user.empty())
    text = std::string(engine.settings.force_tls ? "hostssl" : "host") + " all " + identifier(engine.settings.user) +
           " all scram-sha-256\n";
  const auto& resource = engine.settings.login_resource;
  return text + "hostssl all +rds_iam all ldap ldapserver=127.0.0.1 ldapport=" +
         std::to_string(engine.surroundings->login_port) + " ldapprefix=\"" +
         (resource.empty() ? engine.specification.id : resource) +
         " \" ldapsuffix=\"\"\nhostnossl all +rds_iam all reject\n";
}

std::string hba(const Engine& engine) {
  const auto& settings = engine.settings;
  // "md5" as a method takes both kinds of stored password, and only a group that stores MD5 needs it.
  const auto md5 = settings.parameters.find("password_encryption");
  const auto method = md5 != settings.parameters.end() && md5->second == "md5" ? "md5" : "scram-sha-256";
  std::string text =
      "host all rdsadmin all scram-sha-256\n"
      "host replication rdsrepladmin all scram-sha-256\n"
      "host rdsadmin all all reject\n";
  text += token_logins(engine);
  return text + (settings.force_tls ? "hostssl" : "host") + " all all all " + method + "\n";
}

}  // namespace

void configure(const Engine& engine) {
  engine.make_folders({"conf", "log", archive_folder});
  if (engine.settings.archive_days == 0) prune_archive(engine, {});
  engine.certify(engine.settings.listen);
  std::string group;
  for (const auto& [name, value] : usable_parameters(engine)) group += setting_line(name, value);
  const auto conf = engine.outside("conf");
  engine.write(conf / "pg_hba.conf", hba(engine));
  engine.write(conf / "pg_ident.conf", "");
  engine.write(conf / "postgresql.conf", defaults(engine.settings) + group + own(engine));
}

}  // namespace orrery::engines::postgres
