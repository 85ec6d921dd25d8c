#include "services/eks/versions.hpp"

namespace orrery::eks {

namespace {

constexpr Version kVersions[] = {
    {"1.23", "2022-08-11", "2023-10-11", "2024-10-11"}, {"1.24", "2022-11-15", "2024-01-31", "2025-01-31"},
    {"1.25", "2023-02-22", "2024-05-01", "2025-05-01"}, {"1.26", "2023-04-11", "2024-06-11", "2025-06-11"},
    {"1.27", "2023-05-24", "2024-07-24", "2025-07-24"}, {"1.28", "2023-09-26", "2024-11-26", "2025-11-26"},
    {"1.29", "2024-01-23", "2025-03-23", "2026-03-23"}, {"1.30", "2024-05-23", "2025-07-23", "2026-07-23"},
    {"1.31", "2024-09-26", "2025-11-26", "2026-11-26"}, {"1.32", "2025-01-23", "2026-03-23", "2027-03-23"},
    {"1.33", "2025-05-29", "2026-07-29", "2027-07-29"}, {"1.34", "2025-10-02", "2026-12-02", "2027-12-02"},
    {"1.35", "2026-01-28", "2027-03-27", "2028-03-27"}, {"1.36", "2026-06-02", "2027-08-02", "2028-08-02"},
};

aws::Millis day(std::string_view text) {
  aws::Millis at = 0;
  aws::parse_timestamp(std::string(text), at);
  return at;
}

constexpr aws::Millis kDay = 86'400'000;

}  // namespace

std::span<const Version> versions() { return kVersions; }

const Version* find_version(std::string_view name) {
  for (const Version& version : kVersions) {
    if (version.name == name) return &version;
  }
  return nullptr;
}

const Version& default_version(aws::Millis now) {
  const Version* found = &kVersions[0];
  for (const Version& version : kVersions) {
    if (day(version.released) + 180 * kDay <= now) found = &version;
  }
  return *found;
}

bool out_of_support(const Version& version, aws::Millis now) { return day(version.extended_until) <= now; }

}  // namespace orrery::eks
