#include "engines/folders.hpp"
#include "engines/reconciler.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kStopLimit{20}, kAnswerLimit{120};
constexpr int kMostDeaths = 3;
constexpr std::chrono::minutes kForgivesDeaths{1}, kTends{1};
constexpr std::size_t kDetailBytes = 2000;

struct Abandoned : std::runtime_error {
  Abandoned() : std::runtime_error("no longer wanted") {}
};

std::chrono::milliseconds backoff(int deaths) { return std::chrono::milliseconds(100) * (1 << std::min(deaths, 5)); }

}  // namespace

fs::path Reconciler::folder_of_engine(const std::string& id) const { return folder_of(engines_, id); }
fs::path Reconciler::folder_of_copy(const std::string& id) const { return folder_of(copies_folder_, id); }

Driver& Reconciler::driver_of(std::string_view software) const {
  const auto* row = parts_.choice->find(software);
  if (row == nullptr) throw std::runtime_error("no driver for " + std::string(software));
  return *row->driver;
}

Surroundings Reconciler::surroundings_of(const Specification& target) {
  const auto source = [this](const std::string& id) -> std::optional<Specification> {
    const std::lock_guard guard(mutex_);
    const auto found = fleet_.find(id);
    return found == fleet_.end() ? std::nullopt : found->second->in_force;
  };
  return {*parts_.authority, source,
          [this, id = target.id](const std::string& line) { log(Severity::info, id + ": " + line); },
          parts_.login_port};
}

Runtime& Reconciler::runtime_of(Engine& engine, const Specification& target) {
  if (!engine.runtime) {
    const auto* row = parts_.choice->find(target.software);
    if (row == nullptr || !row->machine) throw std::runtime_error(target.software + " is off");
    engine.runtime = row->machine->runtime(target, *row->driver, folder_of_engine(target.id));
  }
  return *engine.runtime;
}

void Reconciler::publish(Engine& engine, Phase phase, const std::string& detail) {
  auto status = std::make_shared<Status>();
  const std::lock_guard guard(mutex_);
  const Specification& shown = engine.in_force ? *engine.in_force : engine.target;
  const auto* row = parts_.choice->find(shown.software);
  status->phase = phase;
  status->backend = row == nullptr ? "" : name_of(row->backend);
  status->version = engine.version;
  status->detail = detail;
  status->proven = engine.proven;
  if (engine.in_force) status->settings = engine.in_force->settings;
  status->generation = engine.in_force ? engine.in_force->generation : 0;
  status->host = shown.host;
  status->port = shown.port;
  status->started_seconds = engine.status->started_seconds;
  engine.status = std::move(status);
}

void Reconciler::failed(Engine& engine, const Specification& target, const std::string& why) {
  std::string detail = why;
  try {
    // The file that was written last: console.log, or the engine's own once it keeps one.
    const auto files = log_files(target.id);
    const std::string lines =
        files.empty() ? "" : tail(folder_of_engine(target.id) / "log" / files.back().name, kDetailBytes);
    if (!lines.empty()) detail += "\n" + lines;
  } catch (const std::exception&) {  // an id without a folder
  }
  log(Severity::warning, target.id + " failed: " + detail);
  {
    const std::lock_guard guard(mutex_);
    engine.in_force.reset();
    engine.failed_with = target;
  }
  publish(engine, Phase::failed, detail);
}

void Reconciler::halt(Engine& engine) {
  if (!engine.runtime) return;
  std::string software;
  {
    const std::lock_guard guard(mutex_);
    software = engine.in_force ? engine.in_force->software : engine.target.software;
  }
  if (engine.runtime->alive()) engine.runtime->stop(driver_of(software).stop_signal(), kStopLimit);
  engine.runtime.reset();
}

void Reconciler::start_engine(Engine& engine, const Specification& target) {
  if (engine.abandoned) return;
  publish(engine, Phase::starting);
  auto begin = Clock::now();
  try {
    halt(engine);
    {
      const std::lock_guard guard(mutex_);
      engine.in_force.reset();
      engine.source_seen = whereabouts(source_of(target));
    }
    begin = Clock::now();
    bring_up(engine, target);
    const std::chrono::duration<double> took = Clock::now() - begin;
    const auto* row = parts_.choice->find(target.software);
    {
      const std::lock_guard guard(mutex_);
      engine.in_force = target;
      engine.failed_with.reset();
      engine.proven = true;
      engine.running_since = Clock::now();
      auto status = std::make_shared<Status>(*engine.status);
      status->started_seconds = took.count();
      engine.status = std::move(status);
      // Replicas that gave up for want of this one may try again.
      for (const auto& [id, other] : fleet_) {
        if (source_of(other->target) == target.id && !other->created) other->failed_with.reset();
      }
    }
    publish(engine, Phase::running);
    char seconds[16];
    std::snprintf(seconds, sizeof seconds, "%.2f", took.count());
    log(Severity::info, target.id + ": " + target.software + " " + engine.version + " answers at " + target.host + ":" +
                            std::to_string(target.port) + " after " + seconds + " s (" +
                            std::string(name_of(row->backend)) + ")");
  } catch (const Abandoned&) {
    halt(engine);
  } catch (const std::exception& error) {
    const bool stopped_by_us = engine.abandoned;
    if (engine.runtime && engine.runtime->alive())
      engine.runtime->stop(driver_of(target.software).stop_signal(), kStopLimit);
    engine.runtime.reset();
    if (stopped_by_us) return;
    bool again = false;
    {
      // It may only have been hindered by what its last run left for a moment.
      const std::lock_guard guard(mutex_);
      again = (engine.proven || source_restarted(target, begin)) && ++engine.deaths <= kMostDeaths;
      if (again) engine.retry_at = Clock::now() + backoff(engine.deaths);
    }
    if (again)
      log(Severity::warning, target.id + ": " + error.what() + "; trying again");
    else
      failed(engine, target, error.what());
  }
}

void Reconciler::bring_up(Engine& engine, const Specification& target) {
  const auto& row = *parts_.choice->find(target.software);
  // Noted before there is anything on disk, so that nothing is forgotten there.
  records_.put({target, std::string(name_of(row.backend)), engine.created});
  Surroundings surroundings = surroundings_of(target);
  Runtime& runtime = runtime_of(engine, target);
  if (!engine.created) create_data(engine, target, surroundings);
  if (engine.abandoned) throw Abandoned();
  runtime.start(row.driver->command(target, runtime, surroundings));
  await_answer(engine, target);
  try {
    row.driver->settle(target, runtime, surroundings);
  } catch (const std::exception& error) {
    // Connections are lost when a machine sleeps, or has too much to do.
    if (engine.abandoned || !runtime.alive()) throw;
    log(Severity::warning, target.id + ": " + error.what() + "; once more");
    row.driver->settle(target, runtime, surroundings);
  }
  engine.version = row.driver->version(runtime);
}

void Reconciler::create_data(Engine& engine, const Specification& target, Surroundings& surroundings) {
  Runtime& runtime = *engine.runtime;
  const auto& row = *parts_.choice->find(target.software);
  const fs::path data = runtime.place().outside / "data";
  for (const auto& entry : fs::directory_iterator(runtime.place().outside)) {  // a server that was killed came so far
    const std::string name = entry.path().filename().string();
    if (name != "conf" && name != "log" && name != "tls") row.machine->remove_folder(entry.path());
  }
  if (!target.restore_from.empty()) runtime.copy_folder(folder_of_copy(target.restore_from) / "data", data);
  row.driver->create(target, runtime, surroundings);
  records_.put({target, std::string(name_of(row.backend)), true});
  const std::lock_guard guard(mutex_);
  engine.created = true;
}

void Reconciler::await_answer(Engine& engine, const Specification& target) {
  Driver& driver = driver_of(target.software);
  const auto begin = Clock::now(), until = begin + kAnswerLimit;
  for (;;) {
    if (driver.answers(target, *engine.runtime)) return;
    if (engine.abandoned) throw Abandoned();
    if (!engine.runtime->alive()) throw std::runtime_error("it ended while it was starting");
    if (Clock::now() > until)
      throw std::runtime_error("it did not answer within " + std::to_string(kAnswerLimit.count()) + " s");
    // A twentieth of what it has taken so far, so that the wait adds no more than that.
    const auto pause = (Clock::now() - begin) / 20;
    std::this_thread::sleep_for(
        std::clamp<Clock::duration>(pause, std::chrono::milliseconds(2), std::chrono::milliseconds(100)));
  }
}

void Reconciler::stop_engine(Engine& engine, const Specification& target) {
  publish(engine, Phase::stopping);
  halt(engine);
  records_.put({target, std::string(name_of(backend(target.software))), engine.created});
  {
    const std::lock_guard guard(mutex_);
    engine.in_force.reset();
  }
  publish(engine, Phase::stopped);
  log(Severity::info, target.id + ": stopped");
}

void Reconciler::change_engine(Engine& engine, const Specification& before, const Specification& target) {
  std::string seen;
  {
    const std::lock_guard guard(mutex_);
    seen = whereabouts(source_of(target));
  }
  try {
    Surroundings surroundings = surroundings_of(target);
    if (driver_of(target.software).change(before, target, *engine.runtime, surroundings) == Driver::Change::restart) {
      return start_engine(engine, target);
    }
  } catch (const std::exception& error) {
    log(Severity::warning, target.id + ": cannot change it while it runs (" + error.what() + "); restarting it");
    return start_engine(engine, target);
  }
  records_.put({target, std::string(name_of(backend(target.software))), engine.created});
  {
    const std::lock_guard guard(mutex_);
    engine.in_force = target;
    engine.source_seen = seen;
  }
  publish(engine, Phase::running);
}

void Reconciler::remove_engine(Engine& engine) {
  const std::string id = engine.target.id;
  publish(engine, Phase::stopping);
  halt(engine);
  const auto* row = parts_.choice->find(engine.target.software);
  const fs::path folder = folder_of_engine(id);
  if (fs::exists(folder)) {
    if (row != nullptr && row->machine) row->machine->remove_folder(folder);
    remove_tree(engines_, folder);
  }
  records_.erase(id);
  const std::lock_guard guard(mutex_);
  engine.in_force.reset();
  engine.created = engine.proven = false;
  // It may have been named again meanwhile: then it begins anew.
  const auto found = fleet_.find(id);
  if (found != fleet_.end() && !engine.wanted)
    fleet_.erase(found);
  else
    engine.status = std::make_shared<Status>();
}

/// What has time until an engine runs as it shall.
void Reconciler::tidy(Engine& engine) {
  Specification target;
  std::vector<std::string> copies;
  bool prepare = false, prune = false;
  {
    const std::lock_guard guard(mutex_);
    target = *engine.in_force;
    copies = copies_of(target.id);
    prune = std::exchange(engine.pruned_for, copies) != copies;
    const bool quiet = std::none_of(fleet_.begin(), fleet_.end(),
                                    [](const auto& entry) { return entry.second->busy && !entry.second->watching; });
    if (quiet) prepare = !std::exchange(engine.prepared, true);
  }
  if (!prepare && !prune) return;
  std::vector<fs::path> folders;
  folders.reserve(copies.size());
  for (const auto& id : copies) folders.push_back(folder_of_copy(id) / "data");
  try {
    Driver& driver = driver_of(target.software);
    Surroundings surroundings = surroundings_of(target);
    if (prune) driver.prune(target, *engine.runtime, surroundings, folders);
    if (prepare) driver.prepare(target, *engine.runtime, surroundings);
  } catch (const std::exception& error) {  // another engine, or the next copy, is an occasion too
    log(Severity::warning, target.id + ": " + error.what());
  }
}

void Reconciler::tend(Engine& engine) {
  if (Clock::now() - engine.tended < kTends) return;
  engine.tended = Clock::now();
  try {
    driver_of(engine.in_force->software).tend(*engine.in_force, *engine.runtime);
  } catch (const std::exception& error) {
    log(Severity::warning, engine.target.id + ": cannot be tended: " + error.what());
  }
}

/// Sees an engine that died by itself. It is started again, a little later each time, and given up after a few.
void Reconciler::look_after(Engine& engine) {
  if (engine.runtime->alive()) {
    if (Clock::now() - engine.running_since > kForgivesDeaths) engine.deaths = 0;
    tidy(engine);
    return tend(engine);
  }
  engine.runtime.reset();
  Specification target;
  int deaths = 0;
  {
    const std::lock_guard guard(mutex_);
    target = *engine.in_force;
    engine.in_force.reset();
    deaths = ++engine.deaths;
    engine.retry_at = Clock::now() + backoff(deaths - 1);
  }
  if (deaths > kMostDeaths) return failed(engine, target, "it died " + std::to_string(deaths) + " times");
  log(Severity::warning, target.id + ": died; starting it again");
  publish(engine, Phase::starting);
}

}  // namespace orrery::engines
