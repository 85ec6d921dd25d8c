#pragma once
#include <string>

namespace orrery::elasticache {

struct Windows {
  std::string snapshot;     ///< "hh24:mi-hh24:mi", at least an hour
  std::string maintenance;  ///< "ddd:hh24:mi-ddd:hh24:mi" in lower case, at least an hour
};

/// Fills what is empty with an hour that `seed` picks, clear of the other; throws InvalidParameterValue for malformed
/// and for overlapping windows (touching is no overlap).
Windows settle_windows(std::string snapshot, std::string maintenance, const std::string& seed);

}  // namespace orrery::elasticache
