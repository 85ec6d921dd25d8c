#include "engines/pid_file.hpp"

#include <signal.h>

#include <fstream>
#include <sstream>

#include "engines/folders.hpp"

namespace orrery::engines {

namespace {

struct Stat {
  char state = 0;
  std::uint64_t started = 0;
};

/// /proc/PID/stat: "PID (name) S …": the name may hold anything, so fields are counted from the last ')'.
std::optional<Stat> process_stat(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  const auto close = text.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(close + 1));
  Stat stat;
  fields >> stat.state;  // field 3
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.started;
  return fields ? std::optional(stat) : std::nullopt;
}

}  // namespace

void write_pid_file(const std::filesystem::path& file, const PidFile& note) {
  write_file(file, std::to_string(note.pid) + " " + std::to_string(note.started) + " " +
                       std::to_string(note.stop_signal) + "\n");
}

std::optional<PidFile> read_pid_file(const std::filesystem::path& file) {
  std::ifstream stream(file);
  PidFile note;
  if (!(stream >> note.pid >> note.started >> note.stop_signal) || note.pid <= 1) return std::nullopt;
  return note;
}

std::uint64_t start_time(pid_t pid) {
  const auto stat = process_stat(pid);
  return stat ? stat->started : 0;
}

bool still_runs(const PidFile& note) {
#ifdef __linux__
  const auto stat = process_stat(note.pid);
  return stat && stat->started == note.started && stat->state != 'Z' && stat->state != 'X';
#else
  return ::kill(note.pid, 0) == 0;
#endif
}

}  // namespace orrery::engines
