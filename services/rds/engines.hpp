#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/clock.hpp"

namespace orrery::rds {

/// One engine version. `withdrawn` is the day ("2026-05-01") from which AWS creates no new instance with it; "" while
/// it is offered.
struct EngineVersion {
  std::string_view version;
  std::string_view withdrawn;
};

struct MajorVersion {
  std::string_view major;                   ///< "15", "8.0", "10.11"
  std::string_view family;                  ///< of its parameter groups: "postgres15"
  std::span<const EngineVersion> versions;  ///< oldest first
};

struct Engine {
  std::string_view name;
  std::string_view description;
  int port;
  std::string_view license;
  std::span<const std::string_view> log_types;
  std::span<const std::string_view> reserved_names;  ///< master user names that the engine keeps for itself
  std::size_t longest_user_name;
  std::size_t longest_password;
  std::string_view default_major;
  std::string_view calendar;             ///< the page on which AWS announces the versions' dates
  std::span<const MajorVersion> majors;  ///< oldest first
};

std::span<const Engine> engines();
const Engine* find_engine(std::string_view name);
/// Aurora's engine, which runs in clusters only.
inline constexpr std::string_view kAuroraPostgres = "aurora-postgresql";
/// Both are PostgreSQL to their users.
bool is_postgres(std::string_view engine);
/// Engines of RDS that Orrery knows by name only.
bool known_elsewhere(std::string_view name);

struct ChosenVersion {
  const MajorVersion* major = nullptr;
  const EngineVersion* version = nullptr;
};
/// "15.13", "15" (its newest) or "" (the default). Nothing when AWS never had it.
std::optional<ChosenVersion> choose_version(const Engine& engine, std::string_view wanted, aws::Millis now);
bool withdrawn(const EngineVersion& version, aws::Millis now);
/// The family "postgres15"; nothing for an unknown one.
struct Family {
  const Engine* engine;
  const MajorVersion* major;
};
std::optional<Family> find_family(std::string_view name);
/// "default:postgres-15", "default:mysql-8-0".
std::string default_option_group(const Engine& engine, const MajorVersion& major);

}  // namespace orrery::rds
