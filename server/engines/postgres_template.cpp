#include <mutex>
#include <stdexcept>

#include "aws/ids.hpp"
#include "engines/postgres.hpp"

namespace orrery::engines::postgres {
namespace {

using std::chrono::seconds;

/// Twenty engines that start at once on a new machine need one initdb, not twenty.
std::mutex template_mutex;

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

/// A copy of the template takes a good part of a start, so one is made in advance.
fs::path spare_of(const fs::path& prepared) { return prepared.string() + ".spare"; }

/// In containers the users of engines may differ: there each copy is given to its engine's.
bool is_spare_usable(const Engine& engine) {
  const auto& place = engine.runtime.place();
  return place.inside == place.outside;
}

}  // namespace

void keep_spare_data(const Engine& engine) {
  if (!is_spare_usable(engine)) return;
  const auto prepared = template_folder(engine), spare = spare_of(prepared);
  static std::mutex one_at_a_time;
  const std::unique_lock lock(one_at_a_time, std::try_to_lock);
  if (!lock || fs::exists(spare) || !fs::exists(prepared / "PG_VERSION")) return;
  const fs::path unfinished = spare.string() + ".new";
  fs::remove_all(unfinished);
  engine.runtime.copy_folder(prepared, unfinished);
  fs::rename(unfinished, spare);
}

void make_empty_data(const Engine& engine) {
  constexpr auto fresh = "data.new";
  fs::remove_all(engine.outside(fresh));
  const auto prepared = template_folder(engine);
  {
    const std::lock_guard lock(template_mutex);
    if (!fs::exists(prepared / "PG_VERSION")) {
      initialize(engine, fresh);
      const fs::path unfinished = prepared.string() + ".new";
      fs::create_directories(prepared.parent_path());
      fs::remove_all(unfinished);
      engine.runtime.copy_folder(engine.outside(fresh), unfinished);
      fs::rename(unfinished, prepared);
    }
  }
  std::error_code none;
  if (is_spare_usable(engine) && !fs::exists(engine.outside(fresh))) fs::rename(spare_of(prepared), engine.outside(fresh), none);
  if (!fs::exists(engine.outside(fresh))) engine.runtime.copy_folder(prepared, engine.outside(fresh));
  fs::remove_all(engine.outside("data"));
  fs::rename(engine.outside(fresh), engine.outside("data"));
}

}  // namespace orrery::engines::postgres
