#include <string_view>

#include "engines/postgres.hpp"

namespace orrery::engines::postgres {
namespace {

/// What "Extension versions for Amazon RDS for PostgreSQL" (release notes) has, and timescaledb, which RDS lacks but a
/// local machine may have. Held against two recorded answers to SHOW rds.extensions: of RDS 12, all but test_parser,
/// which ended with it; of Aurora in 2023 (pgvector/pgvector#209), all but Aurora's own apg_plan_mgmt,
/// aurora_stat_utils and aws_ml. Of those that came later pg_tle (user guide), pgactive and vector
/// (pgvector/pgvector#73) are confirmed, while h3, h3_postgis, hypopg, mysql_fdw, old_snapshot and plrust are not.
constexpr std::string_view extensions[] = {"address_standardizer",
                                           "address_standardizer_data_us",
                                           "amcheck",
                                           "autoinc",
                                           "aws_commons",
                                           "aws_lambda",
                                           "aws_s3",
                                           "bloom",
                                           "bool_plperl",
                                           "btree_gin",
                                           "btree_gist",
                                           "citext",
                                           "cube",
                                           "dblink",
                                           "dict_int",
                                           "dict_xsyn",
                                           "earthdistance",
                                           "fuzzystrmatch",
                                           "h3",
                                           "h3_postgis",
                                           "hll",
                                           "hstore",
                                           "hstore_plperl",
                                           "hypopg",
                                           "insert_username",
                                           "intagg",
                                           "intarray",
                                           "ip4r",
                                           "isn",
                                           "jsonb_plperl",
                                           "lo",
                                           "log_fdw",
                                           "ltree",
                                           "moddatetime",
                                           "mysql_fdw",
                                           "old_snapshot",
                                           "oracle_fdw",
                                           "orafce",
                                           "pageinspect",
                                           "pg_bigm",
                                           "pg_buffercache",
                                           "pg_cron",
                                           "pg_freespacemap",
                                           "pg_hint_plan",
                                           "pg_partman",
                                           "pg_prewarm",
                                           "pg_proctab",
                                           "pg_repack",
                                           "pg_similarity",
                                           "pg_stat_statements",
                                           "pg_tle",
                                           "pg_transport",
                                           "pg_trgm",
                                           "pg_visibility",
                                           "pgactive",
                                           "pgaudit",
                                           "pgcrypto",
                                           "pglogical",
                                           "pgrouting",
                                           "pgrowlocks",
                                           "pgstattuple",
                                           "pgtap",
                                           "plcoffee",
                                           "plls",
                                           "plperl",
                                           "plpgsql",
                                           "plprofiler",
                                           "plrust",
                                           "pltcl",
                                           "plv8",
                                           "postgis",
                                           "postgis_raster",
                                           "postgis_tiger_geocoder",
                                           "postgis_topology",
                                           "postgres_fdw",
                                           "prefix",
                                           "rdkit",
                                           "rds_tools",
                                           "refint",
                                           "seg",
                                           "sslinfo",
                                           "tablefunc",
                                           "tcn",
                                           "tds_fdw",
                                           "timescaledb",
                                           "tsm_system_rows",
                                           "tsm_system_time",
                                           "unaccent",
                                           "uuid-ossp",
                                           "vector"};

// The roles as RDS shows them in \du. GRANT by name, because each version of PostgreSQL added to the predefined ones.
constexpr std::string_view roles = R"sql(
CREATE ROLE rds_ad;

CREATE ROLE rds_iam;

CREATE ROLE rds_password;

CREATE ROLE rds_replication;

CREATE ROLE rds_superuser;

DO $do$
DECLARE granted name;
BEGIN
  FOR granted IN SELECT rolname FROM pg_roles WHERE rolname IN ('pg_monitor', 'pg_signal_backend', 'pg_checkpoint',
      'pg_create_subscription', 'pg_use_reserved_connections', 'pg_maintain', 'rds_password', 'rds_replication') LOOP
    EXECUTE format('GRANT %I TO rds_superuser WITH ADMIN OPTION', granted);
  END LOOP;
  IF current_setting('server_version_num')::int >= 150000 THEN
    EXECUTE 'GRANT SET ON PARAMETER session_replication_role TO rds_superuser';
  END IF;
END $do$;

)sql";

// RDS's PostgreSQL is patched so that rds_superuser may create the extensions on its list. An unpatched one asks for a
// superuser, unless the control file says "trusted", which is the machine's file, not ours. So the role is superuser
// for the length of that one statement: raised and lowered inside the statement's transaction, which no other session
// sees and every error undoes. What it made is judged at the end, when its name is known for certain; the judgement at
// the start is for RDS's own message only.
//
// ALTER EXTENSION stands in extensions' scripts as well: there the role is raised already, and stays so until the
// statement that it is in has ended (in_extension). Publications FOR ALL TABLES and subscriptions are superusers'
// affairs in the same way, and RDS allows them to rds_superuser.
constexpr std::string_view hooks = R"sql(
CREATE FUNCTION pg_catalog.rds_check_extension(asked text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $f$
BEGIN
  IF asked <> ALL (string_to_array('@extensions@', ',')) THEN
    RAISE EXCEPTION 'Extension "%" is not supported by Amazon RDS', asked USING ERRCODE = '22023',
      DETAIL = format('Installing the extension "%s" failed, because it is not on the list of extensions supported by Amazon RDS.', asked),
      HINT = 'Amazon RDS allows users with rds_superuser role to install supported extensions. See: SHOW rds.extensions;';
  END IF;
END $f$;

CREATE FUNCTION pg_catalog.rds_raise() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
  actor name := CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END;
  names text[];
BEGIN
  IF actor = 'rdsadmin' OR NOT pg_has_role(actor, 'rds_superuser', 'MEMBER')
     OR (SELECT rolsuper FROM pg_authid WHERE rolname = actor) THEN
    RETURN;
  END IF;
  IF tg_tag = 'CREATE EXTENSION' THEN
    names := regexp_match(current_query(),
                          '^\s*create\s+extension\s+(?:if\s+not\s+exists\s+)?(?:"([^"]+)"|([a-z_0-9]+))\s*(?:;|$|[a-z])', 'i');
    IF names IS NOT NULL THEN
      PERFORM rds_check_extension(coalesce(names[1], lower(names[2])));
    END IF;
  END IF;
  LOCK TABLE pg_authid IN SHARE ROW EXCLUSIVE MODE;
  EXECUTE format('ALTER ROLE %I SUPERUSER', actor);
END $f$;

CREATE FUNCTION pg_catalog.rds_lower() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $f$
DECLARE
  actor name := CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END;
BEGIN
  IF actor = 'rdsadmin' OR NOT (SELECT rolsuper FROM pg_authid WHERE rolname = actor)
     OR EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE in_extension) THEN
    RETURN;
  END IF;
  EXECUTE format('ALTER ROLE %I NOSUPERUSER', actor);
  IF tg_tag = 'ALTER EXTENSION' AND EXISTS (
       SELECT FROM pg_event_trigger_ddl_commands() AS made
       JOIN pg_extension ON pg_extension.oid = made.objid AND made.classid = 'pg_extension'::regclass
       WHERE NOT pg_has_role(actor, extowner, 'MEMBER')) THEN
    RAISE EXCEPTION 'must be owner of extension' USING ERRCODE = '42501';
  END IF;
  PERFORM rds_check_extension(extname) FROM pg_extension 
    WHERE extowner = (SELECT oid FROM pg_authid WHERE rolname = actor);
END $f$;

CREATE EVENT TRIGGER rds_raise ON ddl_command_start
  WHEN TAG IN ('CREATE EXTENSION', 'ALTER EXTENSION', 'CREATE PUBLICATION', 'ALTER PUBLICATION', 'CREATE SUBSCRIPTION',
               'ALTER SUBSCRIPTION', 'DROP SUBSCRIPTION') EXECUTE FUNCTION pg_catalog.rds_raise();

CREATE EVENT TRIGGER rds_lower ON ddl_command_end
  WHEN TAG IN ('CREATE EXTENSION', 'ALTER EXTENSION', 'CREATE PUBLICATION', 'ALTER PUBLICATION', 'CREATE SUBSCRIPTION',
               'ALTER SUBSCRIPTION', 'DROP SUBSCRIPTION') EXECUTE FUNCTION pg_catalog.rds_lower();

)sql";

// Members of an extension that initdb made are not dumped: pg_dump of a user's database shows nothing of ours.
constexpr std::string_view hiding = R"sql(
ALTER EXTENSION plpgsql ADD FUNCTION pg_catalog.rds_check_extension(text);

ALTER EXTENSION plpgsql ADD FUNCTION pg_catalog.rds_raise();

ALTER EXTENSION plpgsql ADD FUNCTION pg_catalog.rds_lower();

ALTER EXTENSION plpgsql ADD EVENT TRIGGER rds_raise;

ALTER EXTENSION plpgsql ADD EVENT TRIGGER rds_lower;

)sql";

// rds_spare becomes the instance's own database by a new name, which is quicker than CREATE DATABASE at its start.
// template0 and postgres again from template1, so that every database has the hooks, however it is made.
constexpr std::string_view databases = R"sql(
ALTER DATABASE template0 IS_TEMPLATE false;

DROP DATABASE template0;

CREATE DATABASE template0 IS_TEMPLATE true ALLOW_CONNECTIONS false;

REVOKE CREATE, TEMPORARY ON DATABASE template0 FROM public;

DROP DATABASE postgres;

CREATE DATABASE postgres;

CREATE DATABASE rds_spare;

CREATE DATABASE rdsadmin;

REVOKE ALL ON DATABASE rdsadmin FROM public;

)sql";

}  // namespace

std::string supported_extensions() {
  std::string text;
  for (const auto name : extensions) text.append(text.empty() ? "" : ",").append(name);
  return text;
}

std::string bootstrap_sql(const std::string& secret) {
  std::string prepared(hooks);
  constexpr std::string_view mark = "@extensions@";
  prepared.replace(prepared.find(mark), mark.size(), supported_extensions());
  const auto password = literal(scram_verifier(secret));
  return "ALTER ROLE rdsadmin PASSWORD " + password + " VALID UNTIL 'infinity';\n\n" +
         "CREATE ROLE rdsrepladmin LOGIN REPLICATION NOINHERIT PASSWORD " + password + ";\n\n" + std::string(roles) +
         prepared + std::string(hiding) + std::string(databases);
}

}  // namespace orrery::engines::postgres
