#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/rds/engines.hpp"

namespace orrery::rds {

inline constexpr std::string_view kParameterGroup = "db-parameter-group";
inline constexpr std::string_view kClusterParameterGroup = "db-cluster-parameter-group";

/// The values that the group sets, by parameter; none for a group that is not there.
Json group_values(RequestContext& context, std::string_view kind, const std::string& name);
/// The group's document; "default.<family>" exists for every family, stored or not.
std::optional<Json> find_parameter_group(RequestContext& context, const std::string& name);
/// The group's name when it exists and fits the family (InvalidParameterCombination otherwise); the default one, stored
/// on first use as RDS does, when `wanted` is "".
std::string group_for(RequestContext& context, const std::string& wanted, const MajorVersion& major);
std::string cluster_group_for(RequestContext& context, const std::string& wanted, const MajorVersion& major);

Json create_parameter_group(RequestContext&, const Input&);
Json describe_parameter_groups(RequestContext&, const Input&);
Json delete_parameter_group(RequestContext&, const Input&);
Json modify_parameter_group(RequestContext&, const Input&);
Json reset_parameter_group(RequestContext&, const Input&);
Json describe_parameters(RequestContext&, const Input&);
Json create_cluster_parameter_group(RequestContext&, const Input&);
Json describe_cluster_parameter_groups(RequestContext&, const Input&);
Json delete_cluster_parameter_group(RequestContext&, const Input&);
Json modify_cluster_parameter_group(RequestContext&, const Input&);
Json reset_cluster_parameter_group(RequestContext&, const Input&);
Json describe_cluster_parameters(RequestContext&, const Input&);

}  // namespace orrery::rds
