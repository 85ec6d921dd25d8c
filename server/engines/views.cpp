#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engines/folders.hpp"
#include "engines/reconciler.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::starting:
      return "starting";
    case Phase::running:
      return "running";
    case Phase::stopping:
      return "stopping";
    case Phase::stopped:
      return "stopped";
    case Phase::failed:
      return "failed";
    case Phase::unknown:
      break;
  }
  return "unknown";
}

constexpr std::string_view name_of(CopyPhase phase) {
  switch (phase) {
    case CopyPhase::copying:
      return "copying";
    case CopyPhase::complete:
      return "complete";
    case CopyPhase::failed:
      return "failed";
    case CopyPhase::missing:
      break;
  }
  return "missing";
}

}  // namespace

Backend Reconciler::backend(std::string_view software) const {
  const auto* row = parts_.choice->find(software);
  return row == nullptr ? Backend::off : row->backend;
}

Listening Reconciler::listening(std::string_view software) const {
  const auto* row = parts_.choice->find(software);
  return row == nullptr ? Listening::own_address : row->listening;
}

Supervisor::Lease Reconciler::lease(storage::Transaction& tx, const std::string& id, std::uint16_t port) {
  return leases_.lease(tx, id, port);
}

void Reconciler::release(storage::Transaction& tx, const std::string& id) { leases_.release(tx, id); }

Status Reconciler::status(const std::string& id) const {
  std::shared_ptr<const Status> status;
  {
    const std::lock_guard guard(mutex_);
    const auto found = fleet_.find(id);
    if (found == fleet_.end()) return {};
    status = found->second->status;
  }
  return *status;
}

CopyStatus Reconciler::copy_status(const std::string& id) const {
  const std::lock_guard guard(mutex_);
  const auto found = copies_.find(id);
  return found == copies_.end() ? CopyStatus{} : found->second.status;
}

std::vector<Supervisor::LogFile> Reconciler::log_files(const std::string& id) const {
  std::vector<LogFile> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder_of_engine(id) / "log", error), end; !error && entry != end;
       entry.increment(error)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    files.push_back({entry->path().filename().string(), static_cast<std::uint64_t>(status.st_size),
                     static_cast<std::int64_t>(status.st_mtime) * 1000});
  }
  std::sort(files.begin(), files.end(), [](const LogFile& a, const LogFile& b) {
    return std::pair(a.modified_millis, a.name) < std::pair(b.modified_millis, b.name);
  });
  return files;
}

std::string Reconciler::log_text(const std::string& id, const std::string& name, std::uint64_t offset,
                                 std::size_t limit) const {
  const bool plain = !name.empty() && name.find('/') == std::string::npos && name != "." && name != "..";
  const fs::path file = folder_of_engine(id) / "log" / name;
  // The folder is the engine's: a link or a pipe in it must not lead us elsewhere.
  const int descriptor = plain ? ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    if (descriptor >= 0) ::close(descriptor);
    throw std::out_of_range("no log file " + name);
  }
  std::string text(
      std::min<std::uint64_t>(
          limit, status.st_size > static_cast<off_t>(offset) ? static_cast<std::uint64_t>(status.st_size) - offset : 0),
      '\0');
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), static_cast<off_t>(offset));
  ::close(descriptor);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

Json Reconciler::describe() const {
  Json software = Json::array(), engines = Json::array(), copies = Json::array();
  for (const auto& row : parts_.choice->rows()) {
    software.push_back(
        {{"software", row.software}, {"backend", orrery::engines::name_of(row.backend)}, {"reason", row.reason}});
  }
  const std::lock_guard guard(mutex_);
  for (const auto& [id, engine] : fleet_) {
    const Status& status = *engine->status;
    engines.push_back({{"id", id},
                       {"software", engine->target.software},
                       {"phase", name_of(status.phase)},
                       {"backend", status.backend},
                       {"version_asked", engine->target.version},
                       {"version", status.version},
                       {"host", status.host},
                       {"port", status.port},
                       {"generation", status.generation},
                       {"started_seconds", status.started_seconds},
                       {"detail", status.detail}});
  }
  for (const auto& [id, state] : copies_) {
    copies.push_back({{"id", id},
                      {"phase", name_of(state.status.phase)},
                      {"bytes", state.status.bytes},
                      {"detail", state.status.detail}});
  }
  return {{"software", std::move(software)}, {"engines", std::move(engines)}, {"copies", std::move(copies)}};
}

}  // namespace orrery::engines
