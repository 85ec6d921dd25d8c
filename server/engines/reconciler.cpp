#include "engines/reconciler.hpp"

#include "engines/folders.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kThreads = 24;
constexpr std::chrono::milliseconds kLook{500}, kTryAgain{1000}, kIdle{60'000};

}  // namespace

Reconciler::Reconciler(Parts parts)
    : parts_(std::move(parts)),
      leases_(parts_.options, parts_.data_dir),
      engines_(parts_.data_dir / "engines"),
      copies_folder_(parts_.data_dir / "copies"),
      records_(parts_.data_dir / "engines" / ".records"),
      pool_(kThreads) {}

Reconciler::~Reconciler() { drain(); }

void Reconciler::start() {
  thread_ = std::thread([this] { loop(); });
}

void Reconciler::poke() {
  const std::lock_guard guard(mutex_);
  poked_ = true;
  changed_.notify_one();
}

void Reconciler::loop() {
  load();
  std::unique_lock guard(mutex_);
  Clock::time_point wake = Clock::now();
  while (!draining_) {
    changed_.wait_until(guard, wake, [this] { return poked_ || stirred_ || draining_; });
    if (draining_) return;
    stirred_ = false;
    if (std::exchange(poked_, false)) {
      reading_ = true;
      guard.unlock();
      const bool read = read_wanted();
      guard.lock();
      reading_ = false;
      if (!read) {
        poked_ = true;
        changed_.wait_for(guard, kTryAgain, [this] { return draining_; });
        continue;
      }
    }
    wake = schedule();
    if (at_rest()) rested_.notify_all();
  }
}

/// What an earlier server left: processes end, engines and copies on disk become known.
void Reconciler::load() {
  for (const auto& row : parts_.choice->rows()) {
    if (!row.machine) continue;
    try {
      row.machine->end_leftovers();
    } catch (const std::exception& error) {
      log(Severity::warning, std::string("leftovers: ") + error.what());
    }
  }
  const std::lock_guard guard(mutex_);
  for (auto& record : records_.list()) {
    if (backend(record.specification.software) == Backend::off) continue;  // its data waits until it is on again
    const auto engine = std::make_shared<Engine>();
    engine->target = std::move(record.specification);
    engine->created = engine->proven = record.created;
    engine->wanted = false;
    auto status = std::make_shared<Status>();
    status->proven = engine->proven;
    engine->status = std::move(status);
    fleet_[engine->target.id] = engine;
  }
  std::error_code error;
  for (fs::recursive_directory_iterator entry(copies_folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename() == "data") entry.disable_recursion_pending();
    if (entry->path().filename() != "copy.json") continue;
    const Json note = Json::parse(read_file(entry->path()), nullptr, false);
    if (!note.is_object()) continue;
    const std::string id = note.value("id", "");
    copies_[id] = {{id, "", ""}, {CopyPhase::complete, "", note.value("bytes", std::uint64_t{0})}, false, false};
  }
}

bool Reconciler::read_wanted() {
  Wanted wanted;
  try {
    wanted = parts_.wanted();
  } catch (const std::exception& error) {
    log(Severity::warning, std::string("cannot read what is wanted: ") + error.what());
    return false;
  }
  const std::lock_guard guard(mutex_);
  take(wanted);
  return true;
}

void Reconciler::take(const Wanted& wanted) {
  std::set<std::string_view> named;
  for (const auto& specification : wanted.engines) {
    const auto* row = parts_.choice->find(specification.software);
    if (row == nullptr || row->backend == Backend::off) continue;
    named.insert(specification.id);
    auto& engine = fleet_[specification.id];
    if (!engine) engine = std::make_shared<Engine>();
    if (engine->target == specification && engine->wanted) continue;
    engine->target = specification;
    engine->wanted = true;
    engine->deaths = 0;
    engine->retry_at = {};
  }
  for (const auto& [id, engine] : fleet_) {
    const bool now_wanted = named.contains(id);
    if (engine->wanted && !now_wanted) engine->retry_at = {};
    engine->wanted = now_wanted;
    engine->abandoned = !now_wanted;
  }
  take_copies(wanted.copies);
}

void Reconciler::take_copies(const std::vector<Copy>& copies) {
  for (auto& [id, state] : copies_) state.wanted = false;
  for (const auto& copy : copies) {
    CopyState& state = copies_[copy.id];
    state.copy = copy;
    state.wanted = true;
  }
}

Reconciler::CopyState* Reconciler::pending_copy_of(const std::string& source) {
  return const_cast<CopyState*>(std::as_const(*this).pending_copy_of(source));
}

const Reconciler::CopyState* Reconciler::pending_copy_of(const std::string& source) const {
  for (const auto& [id, state] : copies_) {
    if (state.wanted && state.copy.source == source && state.status.phase == CopyPhase::missing) return &state;
  }
  return nullptr;
}

bool Reconciler::copy_failed(const std::string& source) const {
  return std::any_of(copies_.begin(), copies_.end(), [&](const auto& entry) {
    const CopyState& state = entry.second;
    return state.wanted && state.copy.source == source && state.status.phase == CopyPhase::failed;
  });
}

std::vector<std::string> Reconciler::copies_of(const std::string& source) const {
  std::vector<std::string> ids;
  for (const auto& [id, state] : copies_)
    if (state.copy.source == source && state.status.phase == CopyPhase::complete) ids.push_back(id);
  return ids;
}

bool Reconciler::restoring_from(const std::string& copy) const {
  return std::any_of(fleet_.begin(), fleet_.end(), [&](const auto& entry) {
    const Engine& engine = *entry.second;
    return engine.target.restore_from == copy && !engine.created && (engine.wanted || engine.busy) &&
           engine.failed_with != engine.target;
  });
}

Situation::Needed Reconciler::needed_of(const Specification& target) const {
  using Needed = Situation::Needed;
  if (!target.restore_from.empty()) {
    const auto copy = copies_.find(target.restore_from);
    if (copy == copies_.end() || copy->second.status.phase == CopyPhase::failed) return Needed::hopeless;
    return copy->second.status.phase == CopyPhase::complete ? Needed::ready : Needed::pending;
  }
  const std::string primary = source_of(target);
  if (primary.empty() || !driver_of(target.software).needs_source()) return Needed::nothing;
  const auto found = fleet_.find(primary);
  if (found == fleet_.end() || !found->second->wanted) return Needed::hopeless;
  const Engine& source = *found->second;
  // One that is about to restart would cut off the replica's copy.
  if (source.in_force && source.status->phase == Phase::running)
    return at_work(source) ? Needed::pending : Needed::ready;
  return source.failed_with == source.target ? Needed::hopeless : Needed::pending;
}

Situation Reconciler::situation_of(const Engine& engine) const {
  return {.wanted = engine.wanted,
          .target = engine.target,
          .in_force = engine.in_force,
          .created = engine.created,
          .failed_with = engine.failed_with,
          .copy_pending = pending_copy_of(engine.target.id) != nullptr,
          .source_moved = engine.in_force && !engine.source_seen.empty() && source_moved(engine),
          .needed = engine.created ? Situation::Needed::nothing : needed_of(engine.target),
          .copy_failed = engine.created && copy_failed(engine.target.id)};
}

std::string Reconciler::source_of(const Specification& target) {
  return target.settings.is_object() ? target.settings.value("replica_of", "") : "";
}

std::string Reconciler::whereabouts(const std::string& id) const {
  const auto found = fleet_.find(id);
  if (found == fleet_.end() || !found->second->in_force) return "";
  return found->second->in_force->host + ":" + std::to_string(found->second->in_force->port);
}

bool Reconciler::source_moved(const Engine& engine) const {
  const std::string now = whereabouts(source_of(*engine.in_force));
  return !now.empty() && now != engine.source_seen;
}

bool Reconciler::at_work(const Engine& engine) const {
  return (engine.busy && !engine.watching) || next_step(situation_of(engine)) != Step::none;
}

bool Reconciler::source_restarted(const Specification& target, Clock::time_point since) const {
  const auto found = fleet_.find(source_of(target));
  if (found == fleet_.end() || !found->second->wanted) return false;
  const Engine& source = *found->second;
  return at_work(source) || (source.in_force && source.running_since >= since);
}

/// Runs `job` on the pool; the engine is its own until it returns.
template <typename F>
void Reconciler::run_job(const EnginePointer& engine, F&& job) {
  engine->busy = true;
  ++jobs_;
  pool_.submit([this, engine, job = std::forward<F>(job)] {
    try {
      job(*engine);
    } catch (const std::exception& error) {  // jobs answer for their engine's failures; this is one of ours
      log(Severity::warning, std::string("engines: ") + error.what());
      const std::lock_guard guard(mutex_);
      engine->retry_at = Clock::now() + kTryAgain;
    }
    const std::lock_guard guard(mutex_);
    engine->busy = engine->watching = false;
    --jobs_;
    stirred_ = true;
    changed_.notify_one();
  });
}

void Reconciler::schedule_engine(const EnginePointer& engine, Clock::time_point now, Clock::time_point& wake) {
  if (engine->busy) return;
  const Situation situation = situation_of(*engine);
  const Step step = next_step(situation);
  const Specification target = engine->target;
  if (step != Step::none && now < engine->retry_at) {
    wake = std::min(wake, engine->retry_at);
    return;
  }
  switch (step) {
    case Step::none:
      if (situation.in_force && now >= engine->look_at) {
        engine->watching = true;
        engine->look_at = now + kLook;
        run_job(engine, [this](Engine& mine) { look_after(mine); });
      } else if (situation.in_force) {
        wake = std::min(wake, engine->look_at);
      }
      return;
    case Step::start:
    case Step::restart:
      return run_job(engine, [this, target](Engine& mine) { start_engine(mine, target); });
    case Step::change:
      return run_job(engine,
                     [this, target, before = *engine->in_force](Engine& mine) { change_engine(mine, before, target); });
    case Step::stop:
      return run_job(engine, [this, target](Engine& mine) { stop_engine(mine, target); });
    case Step::remove:
      return run_job(engine, [this](Engine& mine) { remove_engine(mine); });
    case Step::give_up:
      return run_job(engine, [this, target](Engine& mine) {
        failed(mine, target,
               target.restore_from.empty() ? "its source does not run" : "there is no copy " + target.restore_from);
      });
    case Step::copy: {
      CopyState& state = *pending_copy_of(target.id);
      state.status.phase = CopyPhase::copying;
      const Specification of = engine->in_force.value_or(target);
      return run_job(engine, [this, of, copy = state.copy](Engine& mine) { make_copy(mine, of, copy); });
    }
  }
}

void Reconciler::schedule_copies() {
  for (auto& [id, state] : copies_) {
    if (state.busy || state.status.phase == CopyPhase::copying) continue;
    if (!state.wanted) {
      if (restoring_from(id)) continue;
      state.busy = true;
      ++jobs_;
      pool_.submit([this, id = id] { remove_copy(id); });
    } else if (state.status.phase == CopyPhase::missing) {
      const auto source = fleet_.find(state.copy.source);
      if (!state.copy.from_copy.empty()) {
        const auto original = copies_.find(state.copy.from_copy);
        if (original != copies_.end() && original->second.status.phase == CopyPhase::complete &&
            original->second.wanted) {
          state.busy = true;
          state.status.phase = CopyPhase::copying;
          ++jobs_;
          pool_.submit([this, copy = state.copy] { copy_a_copy(copy); });
        } else if (original == copies_.end() || original->second.status.phase == CopyPhase::failed ||
                   !original->second.wanted) {
          state.status = {CopyPhase::failed, "there is no copy " + state.copy.from_copy, 0};
        }
      } else if (source == fleet_.end() ||
                 (!source->second->wanted && !source->second->created && !source->second->busy)) {
        state.status = {CopyPhase::failed, "its source has no data", 0};
      }
    }
  }
}

Reconciler::Clock::time_point Reconciler::schedule() {
  const auto now = Clock::now();
  auto wake = now + kIdle;
  schedule_copies();
  for (const auto& [id, engine] : std::map(fleet_)) schedule_engine(engine, now, wake);
  return wake;
}

bool Reconciler::at_rest() const {
  if (poked_ || reading_ || draining_) return draining_;
  for (const auto& [id, engine] : fleet_) {
    if (at_work(*engine)) return false;
    const bool failed = engine->failed_with == engine->target;
    if (engine->wanted && !engine->in_force && engine->target.desired == Desired::running && !failed)
      return false;  // waits for another
  }
  return std::none_of(copies_.begin(), copies_.end(), [](const auto& entry) {
    const CopyState& state = entry.second;
    return state.busy || !state.wanted || state.status.phase == CopyPhase::missing ||
           state.status.phase == CopyPhase::copying;
  });
}

bool Reconciler::settled(int millis) {
  std::unique_lock guard(mutex_);
  return rested_.wait_for(guard, std::chrono::milliseconds(millis), [this] { return at_rest(); });
}

void Reconciler::drain() {
  {
    const std::lock_guard guard(mutex_);
    if (std::exchange(draining_, true)) return;
    for (const auto& [id, engine] : fleet_) engine->abandoned = true;
    changed_.notify_all();
    rested_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  pool_.join();
  Pool stopping(kThreads);
  for (const auto& [id, engine] : fleet_) {
    if (engine->runtime) stopping.submit([this, engine = engine] { halt(*engine); });
  }
  stopping.join();
}

}  // namespace orrery::engines
