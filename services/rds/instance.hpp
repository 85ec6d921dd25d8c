#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

inline constexpr std::string_view kInstance = "db-instance";

/// The instance with this identifier (any case) or DBInstanceNotFound.
storage::Resource instance_named(RequestContext& context, const std::string& identifier);
/// What clients see of a stored instance: its document with its subnet group and tags joined in.
Json instance_view(RequestContext& context, const storage::Resource& instance);
void require_available(RequestContext& context, const storage::Resource& instance);
/// Rewrites the edges from the instance to its subnet group, parameter group and security groups.
void relink(RequestContext& context, const storage::Resource& instance);
/// Takes the role out of AssociatedRoles, for any feature where that is ""; false when it is not there.
bool take_role(Json& roles, const std::string& role, const std::string& feature);
/// Applies the modifications that waited for the maintenance window, and stores the instance.
void maintain_instance(RequestContext& context, storage::Resource& instance);

Json create_instance(RequestContext&, const Input&);
Json describe_instances(RequestContext&, const Input&);
Json modify_instance(RequestContext&, const Input&);
Json delete_instance(RequestContext&, const Input&);
Json reboot_instance(RequestContext&, const Input&);
Json start_instance(RequestContext&, const Input&);
Json stop_instance(RequestContext&, const Input&);
Json add_role_to_instance(RequestContext&, const Input&);
Json remove_role_from_instance(RequestContext&, const Input&);

}  // namespace orrery::rds
