#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "services/iam/entity.hpp"

namespace orrery::iam {

/// Kinds that hang on a user: ids "user/AKIA…" and "user".
inline constexpr std::string_view kAccessKey = "access-key", kLoginProfile = "login-profile";

/// Member UserName, or the calling user's name where the request leaves it out.
std::string user_name(RequestContext& context, const Input& input);
/// Ids of the groups that a user is in.
std::vector<std::string> groups_of(RequestContext& context, const storage::Resource& user);
/// Carries what hangs on an entity (tags, edges both ways, inline policies, access keys) over to its new id, and
/// removes the old resource. The caller puts the new one.
void move_entity(RequestContext& context, const Entity& entity, const std::string& from, const std::string& to);

}  // namespace orrery::iam
