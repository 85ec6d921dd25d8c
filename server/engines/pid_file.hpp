#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>

namespace orrery::engines {

/// A note of a child, so that the next server can end what this one could not. The start time (field 22 of
/// /proc/PID/stat) tells the child from a later process with the same id; 0 where there is no /proc.
struct PidFile {
  pid_t pid = 0;
  std::uint64_t started = 0;
  int stop_signal = 15;
};

/// Replaces the file as a whole. Throws std::runtime_error.
void write_pid_file(const std::filesystem::path& file, const PidFile& note);
/// nullopt when there is none or it is damaged.
std::optional<PidFile> read_pid_file(const std::filesystem::path& file);

/// 0 when there is no such process or no /proc.
std::uint64_t start_time(pid_t pid);
/// True when the process of the note still runs (a zombie does not).
bool still_runs(const PidFile& note);

}  // namespace orrery::engines
