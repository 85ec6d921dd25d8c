#include "engines/folders.hpp"
#include "engines/reconciler.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;

namespace {

constexpr int kTries = 3;

/// The note makes a copy complete: it is written last.
CopyStatus complete(const fs::path& folder, const std::string& id) {
  const CopyStatus status{CopyPhase::complete, "", tree_bytes(folder / "data")};
  write_file(folder / "copy.json", Json{{"id", id}, {"bytes", status.bytes}}.dump());
  return status;
}

}  // namespace

void Reconciler::finish_copy(const std::string& id, CopyStatus status) {
  if (status.phase == CopyPhase::failed)
    log(Severity::warning, id + ": cannot be copied: " + status.detail);
  else
    log(Severity::info, id + ": copied, " + std::to_string(status.bytes) + " bytes");
  const std::lock_guard guard(mutex_);
  const auto found = copies_.find(id);
  if (found == copies_.end()) return;
  found->second.status = std::move(status);
  found->second.busy = false;
}

/// From an engine that runs, or whose data rests. The driver writes into the engine's own folder, which both sides
/// see; the result is moved from there. Tried a few times: when it is an engine's last copy, its data goes afterwards.
void Reconciler::make_copy(Engine& engine, const Specification& specification, const Copy& copy) {
  CopyStatus status{CopyPhase::failed, "", 0};
  for (int tries = 0; tries < kTries && status.phase == CopyPhase::failed; ++tries) {
    if (tries > 0) {
      log(Severity::warning, copy.id + ": " + status.detail + "; copying again");
      std::this_thread::sleep_for(std::chrono::seconds(tries));
    }
    try {
      status = copy_data(engine, specification, copy.id);
    } catch (const std::exception& error) {
      status.detail = error.what();
    }
  }
  finish_copy(copy.id, std::move(status));
}

CopyStatus Reconciler::copy_data(Engine& engine, const Specification& specification, const std::string& id) {
  Runtime& runtime = runtime_of(engine, specification);
  const auto& row = *parts_.choice->find(specification.software);
  Surroundings surroundings = surroundings_of(specification);
  const fs::path work = runtime.place().outside / "copy", folder = folder_of_copy(id);
  for (const auto& old : {work, folder}) {
    if (fs::exists(old)) row.machine->remove_folder(old);
  }
  row.driver->copy(specification, runtime, surroundings, work);
  make_tree(folder);
  fs::permissions(folder, fs::perms::owner_all);
  fs::rename(work, folder / "data");
  return complete(folder, id);
}

void Reconciler::copy_a_copy(const Copy& copy) {
  CopyStatus status{CopyPhase::failed, "", 0};
  try {
    const fs::path folder = folder_of_copy(copy.id);
    fs::remove_all(folder);
    make_tree(folder);
    fs::permissions(folder, fs::perms::owner_all);
    copy_tree(folder_of_copy(copy.from_copy) / "data", folder / "data");
    status = complete(folder, copy.id);
  } catch (const std::exception& error) {
    status.detail = error.what();
  }
  finish_copy(copy.id, std::move(status));
  const std::lock_guard guard(mutex_);
  --jobs_;
  stirred_ = true;
  changed_.notify_one();
}

void Reconciler::remove_copy(const std::string& id) {
  try {
    const fs::path folder = folder_of_copy(id);
    for (const auto& row : parts_.choice->rows()) {
      if (row.machine && fs::exists(folder)) row.machine->remove_folder(folder);
    }
    remove_tree(copies_folder_, folder);
  } catch (const std::exception& error) {
    log(Severity::warning, id + ": cannot be removed: " + error.what());
  }
  const std::lock_guard guard(mutex_);
  const auto found = copies_.find(id);
  if (found != copies_.end()) {
    if (found->second.wanted) {  // named again meanwhile
      found->second.status = {};
      found->second.busy = false;
    } else {
      copies_.erase(found);
    }
  }
  --jobs_;
  stirred_ = true;
  changed_.notify_one();
}

}  // namespace orrery::engines
