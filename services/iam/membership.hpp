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
/// Gives a user or a group another name and, where the input has one, another NewPath. What hangs on it (tags, edges
/// both ways, inline policies, access keys) comes along. Throws `taken` where another has the name.
storage::Resource rename_entity(RequestContext& context, const Entity& entity, storage::Resource resource,
                                const Input& input, const std::string& name, const AwsError& taken);

}  // namespace orrery::iam
