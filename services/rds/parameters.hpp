#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace orrery::rds {

/// One setting of an engine as RDS describes it.
struct Parameter {
  std::string_view name;
  std::string_view apply_type;  ///< "dynamic" or "static" (needs a reboot)
  std::string_view data_type;   ///< "integer", "boolean", "string", "float", "list"
  std::string_view allowed;     ///< "0-1073741823", "on,off"; "" for any
  bool modifiable;
};

/// PostgreSQL's settings (pg_settings of version 15) and those that RDS adds.
std::span<const Parameter> postgres_parameters();
/// MariaDB's (system variables of version 10.11).
std::span<const Parameter> mariadb_parameters();
/// All that are known of a family; none of MySQL's.
std::span<const Parameter> known_parameters(std::string_view family);
/// A setting of the family. MariaDB's families have more than the table, and MySQL's have none: there any well-formed
/// name is one, of type string.
std::optional<Parameter> find_parameter(std::string_view family, std::string_view name);
/// Whether `value` lies in the range or list of `parameter`. Formulas of RDS ({DBInstanceClassMemory/…}) do.
bool allows(const Parameter& parameter, std::string_view value);

}  // namespace orrery::rds
