#pragma once
#include <string_view>
#include <vector>

namespace orrery::elasticache {

/// One setting of a parameter group family.
struct Parameter {
  std::string_view name, value, type, allowed;
  bool modifiable;
  std::string_view change;  ///< "immediate" or "requires-reboot"
  std::string_view since;   ///< the engine version that brought it
};

/// The settings of a family, by name.
std::vector<Parameter> family_parameters(std::string_view family);
bool allows(const Parameter& parameter, std::string_view value);

}  // namespace orrery::elasticache
