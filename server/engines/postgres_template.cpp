#include <stdexcept>

#include "aws/ids.hpp"
#include "engines/postgres.hpp"

namespace orrery::engines::postgres {
namespace {

using std::chrono::seconds;

constexpr auto kProof = "PG_VERSION";

std::string locale_of(const Engine& engine) {
  return engine.settings.locale.empty() ? "C.UTF-8" : engine.settings.locale;
}

/// A build of the server and a locale: data of one must not be read by another (collations differ between C libraries).
fs::path template_folder(const Engine& engine) {
  const auto build = engine.run({{"postgres", "--version"}}, seconds(60));
  return engine.shared_folder() / ("postgres-" + aws::hex(aws::sha256(build + locale_of(engine))).substr(0, 16));
}

// Segments of 4 MiB: a quarter of the bytes to copy for each new engine, and of those that an idle one archives.
void initialize(const Engine& engine, const std::string& folder) {
  const auto data = engine.inside(folder);
  engine.run({{"initdb", "-D", data, "-U", "rdsadmin", "-E", "UTF8", "--locale=" + locale_of(engine), "-k", "--no-sync",
               "--auth=peer", "--wal-segsize=4"}},
             seconds(120));
  const auto secret = aws::random_hex(64);
  engine.run({.argv = {"postgres", "--single", "-j", "-D", data, "-c", "exit_on_error=on", "-c", "log_checkpoints=off",
                       "-c", "fsync=off", "template1"},
              .input = bootstrap_sql(secret)},
             seconds(120));
  engine.write(engine.outside(folder) / secret_file, secret);
  // The configuration lies in conf/; a second one here would only mislead.
  for (const auto* name : {"postgresql.conf", "pg_hba.conf", "pg_ident.conf"})
    fs::remove(engine.outside(folder) / name);
}

}  // namespace

void keep_spare_data(const Engine& engine) { keep_spare(engine, template_folder(engine), kProof); }

void make_empty_data(const Engine& engine) {
  make_from_template(engine, template_folder(engine), kProof,
                     [&](const std::string& part) { initialize(engine, part); });
}

}  // namespace orrery::engines::postgres
