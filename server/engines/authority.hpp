#pragma once
#include <filesystem>
#include <memory>

#include "engines/driver.hpp"

namespace orrery::engines {

/// The authority in `directory`, made there when there is none: the same over restarts. Thread-safe.
/// Throws std::runtime_error.
std::unique_ptr<Authority> open_authority(const std::filesystem::path& directory);

}  // namespace orrery::engines
