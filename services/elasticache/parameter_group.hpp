#pragma once
#include <map>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/elasticache/engines.hpp"

namespace orrery::elasticache {

enum class ClusterMode { off, on };

/// The group's name when it exists and fits the version's family (InvalidParameterCombination otherwise); the family's
/// default one when `wanted` is "".
std::string group_for(RequestContext& context, const std::string& wanted, const EngineVersion& version,
                      ClusterMode mode);
/// Whether the group sets cluster-enabled.
ClusterMode mode_of(RequestContext& context, const std::string& group);

/// When a change of a parameter takes force.
enum class Change { immediate, reboot };
struct Setting {
  std::string value;
  Change change;
};
/// The values that the group's family and the group itself give an engine, by parameter; those without one are left
/// out.
std::map<std::string, Setting> parameter_values(RequestContext& context, const std::string& group);

Json create_parameter_group(RequestContext&, const Input&);
Json describe_parameter_groups(RequestContext&, const Input&);
Json delete_parameter_group(RequestContext&, const Input&);
Json modify_parameter_group(RequestContext&, const Input&);
Json reset_parameter_group(RequestContext&, const Input&);
Json describe_parameters(RequestContext&, const Input&);

}  // namespace orrery::elasticache
