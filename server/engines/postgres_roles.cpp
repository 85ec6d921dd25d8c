#include "engines/postgres.hpp"

namespace orrery::engines::postgres {
namespace {

/// What was settled, in our own database: a password that a user changed by ALTER ROLE stays (RDS does not take it
/// back either), and a database that a user dropped is not made again.
class Memory {
 public:
  explicit Memory(Session& session) : session_(session) {
    session_.query("CREATE TABLE IF NOT EXISTS public.settled (item text PRIMARY KEY, value text NOT NULL)");
  }
  std::string read(const std::string& item) {
    return session_.value("SELECT value FROM public.settled WHERE item = $1", {item}).value_or("");
  }
  void write(const std::string& item, const std::string& value) {
    session_.query("INSERT INTO public.settled VALUES ($1, $2) ON CONFLICT (item) DO UPDATE SET value = $2",
                   {item, value});
  }

 private:
  Session& session_;
};

constexpr auto spare_database = "rds_spare";

bool exists_role(Session& session, const std::string& name) {
  return session.value("SELECT 1 FROM pg_roles WHERE rolname = $1", {name}).has_value();
}

void make_master(Session& session, const std::string& user) {
  const auto name = identifier(user);
  session.query("CREATE ROLE " + name + " LOGIN CREATEDB CREATEROLE VALID UNTIL 'infinity'");
  session.query("GRANT rds_superuser TO " + name);
  // From version 16 on, CREATEROLE alone does not let it hand out roles that it did not make.
  if (std::stoi(session.value("SHOW server_version_num").value_or("0")) >= 160000)
    session.query("GRANT rds_superuser, rds_iam, rds_ad, rds_password, rds_replication TO " + name +
                  " WITH ADMIN OPTION");
  session.query("ALTER DATABASE postgres OWNER TO " + name);
  session.query("ALTER DATABASE template1 OWNER TO " + name);
}

void settle_password(Session& session, Memory& memory, const Settings& settings) {
  if (settings.password.empty() || scram_matches(memory.read("password"), settings.password)) return;
  const auto verifier = scram_verifier(settings.password);
  session.query("ALTER ROLE " + identifier(settings.user) + " PASSWORD " + literal(verifier));
  memory.write("password", verifier);
}

void settle_database(Session& session, Memory& memory, const Settings& settings) {
  if (!memory.read("database").empty()) return;
  const auto exists = [&](const std::string& name) {
    return session.value("SELECT 1 FROM pg_database WHERE datname = $1", {name}).has_value();
  };
  const auto name = identifier(settings.database), owner = identifier(settings.user);
  const bool is_wanted = !settings.database.empty() && !exists(settings.database);
  if (exists(spare_database)) {
    if (is_wanted) {
      session.query("ALTER DATABASE rds_spare OWNER TO " + owner);
      session.query("ALTER DATABASE rds_spare RENAME TO " + name);
    } else {
      session.query("DROP DATABASE rds_spare");
    }
  } else if (is_wanted) {
    session.query("CREATE DATABASE " + name + " OWNER " + owner);
  }
  memory.write("database", settings.database.empty() ? "none" : settings.database);
}

/// RDS's server lets members of rds_replication replicate; an unpatched one wants the attribute.
void settle_replication(Session& session, const Settings& settings) {
  const auto found = settings.parameters.find("rds.logical_replication");
  if (found == settings.parameters.end() || found->second != "1") return;
  for (const auto& row : session.query("SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolreplication "
                                       "AND NOT rolsuper AND pg_has_role(oid, 'rds_replication', 'MEMBER')"))
    session.query("ALTER ROLE " + identifier(row.front()) + " REPLICATION");
}

/// Replicas that went away without a word hold the log only up to max_slot_wal_keep_size; then the slot is lost.
void drop_lost_slots(Session& session) {
  session.query(
      "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots "
      "WHERE slot_name LIKE 'rds\\_%' AND NOT active AND wal_status = 'lost'");
}

}  // namespace

void settle_roles(const Engine& engine, Session& session) {
  Memory memory(session);
  const auto& settings = engine.settings;
  if (!settings.user.empty()) {
    if (!exists_role(session, settings.user)) {
      make_master(session, settings.user);
      memory.write("password", "");
    }
    settle_password(session, memory, settings);
    settle_database(session, memory, settings);
  }
  settle_replication(session, settings);
  drop_lost_slots(session);
}

}  // namespace orrery::engines::postgres
