#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace orrery::engines {

/// Finds the programs of one software on this machine. Debian and others keep each PostgreSQL in a folder of its own
/// (/usr/lib/postgresql/15/bin), not on PATH.
class Programs {
 public:
  /// `version` as asked of AWS ("15.4"): its major version's folder is preferred, then PATH, then the newest folder.
  Programs(std::string_view software, std::string_view version);

  /// The path of an executable; nullopt when there is none.
  std::optional<std::filesystem::path> find(std::string_view name) const;

 private:
  std::vector<std::filesystem::path> folders_;  ///< in the order of preference
};

}  // namespace orrery::engines
