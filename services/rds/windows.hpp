#pragma once
#include <string>

#include "aws/clock.hpp"

namespace orrery::rds {

/// Minutes since Monday 00:00 UTC (weekly) or since midnight (daily). `end` may lie before `begin`: it wraps.
struct Window {
  int begin = 0;
  int minutes = 0;  ///< its length
};

/// "hh24:mi-hh24:mi", at least 30 minutes. Throws InvalidParameterValue.
Window parse_backup_window(const std::string& text);
/// "ddd:hh24:mi-ddd:hh24:mi", at least 30 minutes. Throws InvalidParameterValue.
Window parse_maintenance_window(const std::string& text);
/// True when the daily window covers a minute of the weekly one; touching is no overlap.
bool overlap(const Window& backup, const Window& maintenance);

struct Windows {
  std::string backup, maintenance;
};
/// Fills what is empty with a half hour that `seed` picks from AWS's block for the region, clear of the other one;
/// throws for malformed and for overlapping windows. Maintenance days come back in lower case, as RDS writes them.
Windows settle_windows(std::string backup, std::string maintenance, const std::string& seed);

/// When maintenance can begin at the earliest: `from` itself when it lies in the window, else the next window's begin.
aws::Millis next_maintenance(const std::string& window, aws::Millis from);
/// The begin of the next backup window after `after`.
aws::Millis next_backup(const std::string& window, aws::Millis after);

}  // namespace orrery::rds
