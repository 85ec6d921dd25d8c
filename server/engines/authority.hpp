#pragma once
#include <filesystem>
#include <memory>

#include "engines/driver.hpp"

namespace orrery::engines {

/// The authority in `directory`, read or made there when it is first used: the same over restarts. Thread-safe.
/// Its calls throw std::runtime_error.
std::unique_ptr<Authority> open_authority(const std::filesystem::path& directory);

}  // namespace orrery::engines
