#include "services/rds/engines.hpp"

#include <algorithm>
#include <array>

namespace orrery::rds {

namespace {

// Days from AWS's notices to owners of instances ("Starting … you will not be able to create new RDS instances with
// …"): 2024-12-09 (quoted in github.com/aws/aws-cdk/pull/33663), 2025-10-01
// (github.com/ministryofjustice/modernisation-platform/issues/11245), 2026-05-01 and 2026-10-01
// (github.com/CredentialEngine/CredentialRegistry/issues/1036). "-": gone, on a day that no notice we know names.
constexpr EngineVersion kPostgres13[] = {{"13.11", "2024-12-09"},
                                         {"13.12", "2024-12-09"},
                                         {"13.13", "2024-12-09"},
                                         {"13.14", "2024-12-09"},
                                         {"13.15", "2025-10-01"},
                                         {"13.16", "2025-10-01"},
                                         {"13.17", "-"},
                                         {"13.18", ""},
                                         {"13.19", "-"},
                                         {"13.20", ""},
                                         {"13.21", ""},
                                         {"13.22", ""},
                                         {"13.23", ""}};
constexpr EngineVersion kPostgres14[] = {{"14.9", "2024-12-09"},  {"14.10", "2024-12-09"}, {"14.11", "2024-12-09"},
                                         {"14.12", "2025-10-01"}, {"14.13", "2025-10-01"}, {"14.14", "2026-05-01"},
                                         {"14.15", "2026-05-01"}, {"14.16", "2026-05-01"}, {"14.17", "2026-05-01"},
                                         {"14.18", "2026-10-01"}, {"14.19", "2026-10-01"}, {"14.20", ""},
                                         {"14.21", ""},           {"14.22", ""},           {"14.23", ""}};
constexpr EngineVersion kPostgres15[] = {{"15.2", "-"},
                                         {"15.3", "-"},
                                         {"15.4", "2024-12-09"},
                                         {"15.5", "2024-12-09"},
                                         {"15.6", "2024-12-09"},
                                         {"15.7", "2025-10-01"},
                                         {"15.8", "2025-10-01"},
                                         {"15.9", "2026-05-01"},
                                         {"15.10", "2026-05-01"},
                                         {"15.11", "2026-05-01"},
                                         {"15.12", "2026-05-01"},
                                         {"15.13", "2026-10-01"},
                                         {"15.14", "2026-10-01"},
                                         {"15.15", ""},
                                         {"15.16", ""},
                                         {"15.17", ""},
                                         {"15.18", ""}};
constexpr EngineVersion kPostgres16[] = {{"16.1", "2024-12-09"},  {"16.2", "2024-12-09"}, {"16.3", "2025-10-01"},
                                         {"16.4", "2025-10-01"},  {"16.5", "2026-05-01"}, {"16.6", "2026-05-01"},
                                         {"16.7", "2026-05-01"},  {"16.8", "2026-05-01"}, {"16.9", "2026-10-01"},
                                         {"16.10", "2026-10-01"}, {"16.11", ""},          {"16.12", ""},
                                         {"16.13", ""},           {"16.14", ""}};
constexpr EngineVersion kPostgres17[] = {{"17.1", "2026-05-01"}, {"17.2", "2026-05-01"}, {"17.3", "2026-05-01"},
                                         {"17.4", "2026-05-01"}, {"17.5", "2026-10-01"}, {"17.6", "2026-10-01"},
                                         {"17.7", ""},           {"17.8", ""},           {"17.9", ""},
                                         {"17.10", ""}};
constexpr EngineVersion kPostgres18[] = {{"18.1", ""}, {"18.2", ""}, {"18.3", ""}, {"18.4", ""}};
constexpr MajorVersion kPostgres[] = {{"13", "postgres13", kPostgres13}, {"14", "postgres14", kPostgres14},
                                      {"15", "postgres15", kPostgres15}, {"16", "postgres16", kPostgres16},
                                      {"17", "postgres17", kPostgres17}, {"18", "postgres18", kPostgres18}};

// Aurora User Guide, "Database engine updates for Amazon Aurora PostgreSQL". Which of them AWS has withdrawn since is
// not known here.
constexpr EngineVersion kAurora13[] = {{"13.9", ""},  {"13.10", ""}, {"13.11", ""}, {"13.12", ""},
                                       {"13.13", ""}, {"13.14", ""}, {"13.15", ""}, {"13.16", ""},
                                       {"13.18", ""}, {"13.20", ""}, {"13.21", ""}};
constexpr EngineVersion kAurora14[] = {{"14.6", ""},  {"14.7", ""},  {"14.8", ""},  {"14.9", ""},
                                       {"14.10", ""}, {"14.11", ""}, {"14.12", ""}, {"14.13", ""},
                                       {"14.15", ""}, {"14.17", ""}, {"14.18", ""}};
constexpr EngineVersion kAurora15[] = {{"15.2", ""}, {"15.3", ""}, {"15.4", ""},  {"15.5", ""},  {"15.6", ""},
                                       {"15.7", ""}, {"15.8", ""}, {"15.10", ""}, {"15.12", ""}, {"15.13", ""}};
constexpr EngineVersion kAurora16[] = {{"16.1", ""}, {"16.2", ""}, {"16.3", ""}, {"16.4", ""},
                                       {"16.6", ""}, {"16.8", ""}, {"16.9", ""}};
constexpr EngineVersion kAurora17[] = {{"17.4", ""}, {"17.5", ""}, {"17.7", ""}};
constexpr MajorVersion kAurora[] = {{"13", "aurora-postgresql13", kAurora13},
                                    {"14", "aurora-postgresql14", kAurora14},
                                    {"15", "aurora-postgresql15", kAurora15},
                                    {"16", "aurora-postgresql16", kAurora16},
                                    {"17", "aurora-postgresql17", kAurora17}};

// The days on which a minor version's standard support ends: RDS user guide, "MySQL on Amazon RDS versions", its
// calendar of minor versions. The last ones of 8.0 stay, in Extended Support.
constexpr EngineVersion kMysql80[] = {
    {"8.0.28", "-"}, {"8.0.31", "-"},          {"8.0.32", "-"},          {"8.0.33", "-"},
    {"8.0.34", "-"}, {"8.0.35", "-"},          {"8.0.36", "-"},          {"8.0.37", "-"},
    {"8.0.39", "-"}, {"8.0.40", "2026-05-31"}, {"8.0.41", "2026-05-31"}, {"8.0.42", ""},
    {"8.0.43", ""},  {"8.0.44", ""},           {"8.0.45", ""},           {"8.0.46", ""}};
constexpr EngineVersion kMysql84[] = {{"8.4.3", "2026-05-31"}, {"8.4.4", "2026-05-31"}, {"8.4.5", "2026-09-30"},
                                      {"8.4.6", "2026-09-30"}, {"8.4.7", ""},           {"8.4.8", ""},
                                      {"8.4.9", ""},           {"8.4.10", ""}};
constexpr MajorVersion kMysql[] = {{"8.0", "mysql8.0", kMysql80}, {"8.4", "mysql8.4", kMysql84}};

constexpr EngineVersion kMariadb106[] = {{"10.6.18", "-"}, {"10.6.19", "-"}, {"10.6.20", ""},
                                         {"10.6.21", ""},  {"10.6.22", ""},  {"10.6.23", ""},
                                         {"10.6.24", ""},  {"10.6.25", ""},  {"10.6.27", ""}};
constexpr EngineVersion kMariadb1011[] = {{"10.11.8", "-"}, {"10.11.9", "-"}, {"10.11.10", ""},
                                          {"10.11.11", ""}, {"10.11.13", ""}, {"10.11.14", ""},
                                          {"10.11.15", ""}, {"10.11.16", ""}, {"10.11.18", ""}};
constexpr EngineVersion kMariadb114[] = {{"11.4.3", "-"}, {"11.4.4", ""}, {"11.4.5", ""},  {"11.4.7", ""},
                                         {"11.4.8", ""},  {"11.4.9", ""}, {"11.4.10", ""}, {"11.4.12", ""}};
constexpr EngineVersion kMariadb118[] = {{"11.8.3", ""}, {"11.8.5", ""}, {"11.8.6", ""}, {"11.8.8", ""}};
constexpr MajorVersion kMariadb[] = {{"10.6", "mariadb10.6", kMariadb106},
                                     {"10.11", "mariadb10.11", kMariadb1011},
                                     {"11.4", "mariadb11.4", kMariadb114},
                                     {"11.8", "mariadb11.8", kMariadb118}};

constexpr std::string_view kPostgresLogs[] = {"iam-db-auth-error", "postgresql", "upgrade"};
constexpr std::string_view kMysqlLogs[] = {"audit", "error", "general", "iam-db-auth-error", "slowquery"};
constexpr std::string_view kMariadbLogs[] = {"audit", "error", "general", "iam-db-auth-error", "slowquery"};

// Reserved key words of PostgreSQL 15 (its manual, appendix C, table C.1: "reserved" and "reserved (can be function or
// type)"), and the names that RDS itself keeps.
constexpr std::string_view kPostgresReserved[] = {"admin",
                                                  "all",
                                                  "analyse",
                                                  "analyze",
                                                  "and",
                                                  "any",
                                                  "array",
                                                  "as",
                                                  "asc",
                                                  "asymmetric",
                                                  "authorization",
                                                  "binary",
                                                  "both",
                                                  "case",
                                                  "cast",
                                                  "check",
                                                  "collate",
                                                  "collation",
                                                  "column",
                                                  "concurrently",
                                                  "constraint",
                                                  "create",
                                                  "cross",
                                                  "current_catalog",
                                                  "current_date",
                                                  "current_role",
                                                  "current_schema",
                                                  "current_time",
                                                  "current_timestamp",
                                                  "current_user",
                                                  "default",
                                                  "deferrable",
                                                  "desc",
                                                  "distinct",
                                                  "do",
                                                  "else",
                                                  "end",
                                                  "except",
                                                  "false",
                                                  "fetch",
                                                  "for",
                                                  "foreign",
                                                  "freeze",
                                                  "from",
                                                  "full",
                                                  "grant",
                                                  "group",
                                                  "having",
                                                  "ilike",
                                                  "in",
                                                  "initially",
                                                  "inner",
                                                  "intersect",
                                                  "into",
                                                  "is",
                                                  "isnull",
                                                  "join",
                                                  "lateral",
                                                  "leading",
                                                  "left",
                                                  "like",
                                                  "limit",
                                                  "localtime",
                                                  "localtimestamp",
                                                  "natural",
                                                  "not",
                                                  "notnull",
                                                  "null",
                                                  "offset",
                                                  "on",
                                                  "only",
                                                  "or",
                                                  "order",
                                                  "outer",
                                                  "overlaps",
                                                  "placing",
                                                  "primary",
                                                  "rdsadmin",
                                                  "rdsrepladmin",
                                                  "rds_superuser",
                                                  "references",
                                                  "returning",
                                                  "right",
                                                  "select",
                                                  "session_user",
                                                  "similar",
                                                  "some",
                                                  "symmetric",
                                                  "table",
                                                  "tablesample",
                                                  "then",
                                                  "to",
                                                  "trailing",
                                                  "true",
                                                  "union",
                                                  "unique",
                                                  "user",
                                                  "using",
                                                  "variadic",
                                                  "verbose",
                                                  "when",
                                                  "where",
                                                  "window",
                                                  "with"};
constexpr std::string_view kMysqlReserved[] = {"rdsadmin",  "rdsrepladmin",  "rds_superuser_role",
                                               "mysql.sys", "mysql.session", "mysql.infoschema"};

constexpr std::string_view kAuroraLogs[] = {"iam-db-auth-error", "instance", "postgresql"};

constexpr std::array<Engine, 4> kEngines{{
    {"aurora-postgresql", "Aurora (PostgreSQL)", 5432, "postgresql-license", kAuroraLogs, kPostgresReserved, 63, 128,
     "17", "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html",
     kAurora},
    {"mariadb", "MariaDB Community Edition", 3306, "general-public-license", kMariadbLogs, kMysqlReserved, 16, 41,
     "11.8", "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MariaDB.Concepts.VersionMgmt.html", kMariadb},
    {"mysql", "MySQL Community Edition", 3306, "general-public-license", kMysqlLogs, kMysqlReserved, 16, 41, "8.4",
     "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html", kMysql},
    {"postgres", "PostgreSQL", 5432, "postgresql-license", kPostgresLogs, kPostgresReserved, 63, 128, "17",
     "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html", kPostgres},
}};

constexpr std::string_view kElsewhere[] = {"aurora-mysql",
                                           "custom-oracle-ee",
                                           "custom-oracle-ee-cdb",
                                           "custom-oracle-se2",
                                           "custom-oracle-se2-cdb",
                                           "custom-sqlserver-ee",
                                           "custom-sqlserver-se",
                                           "custom-sqlserver-web",
                                           "custom-sqlserver-dev",
                                           "db2-ae",
                                           "db2-se",
                                           "oracle-ee",
                                           "oracle-ee-cdb",
                                           "oracle-se2",
                                           "oracle-se2-cdb",
                                           "sqlserver-dev-ee",
                                           "sqlserver-ee",
                                           "sqlserver-ex",
                                           "sqlserver-se",
                                           "sqlserver-web",
                                           "docdb",
                                           "neptune"};

const EngineVersion& newest_offered(const MajorVersion& major, aws::Millis now) {
  for (auto it = major.versions.rbegin(); it != major.versions.rend(); ++it)
    if (!withdrawn(*it, now)) return *it;
  return major.versions.back();
}

}  // namespace

std::span<const Engine> engines() { return kEngines; }

const Engine* find_engine(std::string_view name) {
  const auto it = std::find_if(kEngines.begin(), kEngines.end(), [&](const Engine& e) { return e.name == name; });
  return it == kEngines.end() ? nullptr : &*it;
}

bool is_postgres(std::string_view engine) { return engine == "postgres" || engine == kAuroraPostgres; }

bool known_elsewhere(std::string_view name) {
  return std::find(std::begin(kElsewhere), std::end(kElsewhere), name) != std::end(kElsewhere);
}

bool withdrawn(const EngineVersion& version, aws::Millis now) {
  if (version.withdrawn.empty()) return false;
  if (version.withdrawn == "-") return true;
  return aws::iso8601(now).substr(0, 10) >= version.withdrawn;
}

std::optional<ChosenVersion> choose_version(const Engine& engine, std::string_view wanted, aws::Millis now) {
  if (wanted.empty()) wanted = engine.default_major;
  for (const MajorVersion& major : engine.majors) {
    if (major.major == wanted) return ChosenVersion{&major, &newest_offered(major, now)};
    for (const EngineVersion& version : major.versions)
      if (version.version == wanted) return ChosenVersion{&major, &version};
  }
  return std::nullopt;
}

std::optional<Family> find_family(std::string_view name) {
  for (const Engine& engine : kEngines)
    for (const MajorVersion& major : engine.majors)
      if (major.family == name) return Family{&engine, &major};
  return std::nullopt;
}

std::string default_option_group(const Engine& engine, const MajorVersion& major) {
  std::string version(major.major);
  std::replace(version.begin(), version.end(), '.', '-');
  return "default:" + std::string(engine.name) + "-" + version;
}

}  // namespace orrery::rds
