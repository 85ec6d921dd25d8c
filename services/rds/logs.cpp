#include "services/rds/logs.hpp"

#include <algorithm>
#include <charconv>

#include "engines/supervisor.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/running.hpp"

namespace orrery::rds {

namespace {

using LogFile = engines::Supervisor::LogFile;

/// RDS shows each kind of log in a folder of its own.
std::string shown(const LogFile& file) {
  const auto begins = [&](const char* name) { return file.name.rfind(name, 0) == 0; };
  return (begins("mysql-slowquery") ? "slowquery/" : begins("mysql-general") ? "general/" : "error/") + file.name;
}
// "If no NumberOfLines … up to 1 MB of the file" (API reference, DownloadDBLogFilePortion).
constexpr std::uint64_t kPortion = 1 << 20;

std::vector<LogFile> files_of(RequestContext& context, const storage::Resource& instance) {
  return engine_runs(context, instance) ? context.peers.engines->log_files(engine_id(context, instance))
                                        : std::vector<LogFile>{};
}

AwsError log_file_not_found(const std::string& name) {
  return {"DBLogFileNotFoundFault", 404, "DBLog File: " + name + ", is not found on the DB instance"};
}

/// Where the last `lines` lines of `text` begin.
std::size_t begin_of_last(const std::string& text, std::int64_t lines) {
  std::size_t at = text.size();
  if (at > 0 && text[at - 1] == '\n') --at;
  while (lines-- > 0) {
    const std::size_t newline = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    if (newline == std::string::npos) return 0;
    at = newline;
  }
  return at + 1;
}

/// Where `lines` lines from the beginning of `text` end.
std::size_t end_of_first(const std::string& text, std::int64_t lines) {
  std::size_t at = 0;
  while (lines-- > 0 && at < text.size()) {
    const std::size_t newline = text.find('\n', at);
    if (newline == std::string::npos) return text.size();
    at = newline + 1;
  }
  return at;
}

std::uint64_t offset_of(const std::string& marker) {
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(marker.data(), marker.data() + marker.size(), offset);
  if (error != std::errc() || end != marker.data() + marker.size()) throw invalid_marker();
  return offset;
}

}  // namespace

Json describe_log_files(RequestContext& context, const Input& input) {
  const storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  const std::string part = input.str("FilenameContains");
  const std::int64_t since = input.integer("FileLastWritten"), larger = input.integer("FileSize");
  std::vector<Json> found;
  for (const LogFile& file : files_of(context, instance)) {
    const std::string name = shown(file);
    if (name.find(part) == std::string::npos || file.modified_millis < since ||
        file.bytes < static_cast<std::uint64_t>(std::max<std::int64_t>(larger, 0)))
      continue;
    found.push_back({{"LogFileName", name}, {"LastWritten", file.modified_millis}, {"Size", file.bytes}});
  }
  return page(input, "DescribeDBLogFiles", std::move(found), "LogFileName");
}

Json download_log_file_portion(RequestContext& context, const Input& input) {
  const storage::Resource instance = instance_named(context, input.str("DBInstanceIdentifier"));
  const std::string name = input.str("LogFileName");
  const std::vector<LogFile> files = files_of(context, instance);
  const auto file = std::find_if(files.begin(), files.end(), [&](const LogFile& f) { return shown(f) == name; });
  if (file == files.end()) throw log_file_not_found(name);
  const auto marker = input.find_str("Marker");
  const auto lines = input.find_integer("NumberOfLines");
  // Without a marker the newest part is returned.
  std::uint64_t begin = marker ? offset_of(*marker) : file->bytes > kPortion ? file->bytes - kPortion : 0;
  begin = std::min(begin, file->bytes);
  std::string text = context.peers.engines->log_text(engine_id(context, instance), file->name, begin, kPortion);
  if (marker) {
    text.resize(end_of_first(text, lines.value_or(10000)));
  } else {
    const std::size_t cut = begin_of_last(text, lines.value_or(10000));
    text.erase(0, cut);
    begin += cut;
  }
  const std::uint64_t end = begin + text.size();
  return {{"LogFileData", text}, {"Marker", std::to_string(end)}, {"AdditionalDataPending", end < file->bytes}};
}

}  // namespace orrery::rds
