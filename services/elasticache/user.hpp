#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

/// The user of this id ("default" exists in every account), or UserNotFound.
storage::Resource user_named(RequestContext& context, const std::string& id);

/// True while engines of the groups that use this user group are being told of a change.
bool user_group_changes(RequestContext& context, const std::string& user_group);

Json create_user(RequestContext&, const Input&);
Json describe_users(RequestContext&, const Input&);
Json modify_user(RequestContext&, const Input&);
Json delete_user(RequestContext&, const Input&);

Json create_user_group(RequestContext&, const Input&);
Json describe_user_groups(RequestContext&, const Input&);
Json modify_user_group(RequestContext&, const Input&);
Json delete_user_group(RequestContext&, const Input&);

}  // namespace orrery::elasticache
