#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/text.hpp"
#include "registry/context.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"
#include "storage/resources.hpp"

namespace orrery::iam {

/// What roles, users, groups, policies, instance profiles and OIDC providers have in common: how a request names one.
/// Resources are kept by their name in lower case, because IAM's names are unique without regard to case.
struct Entity {
  std::string_view kind;         ///< of the resource: "role"
  std::string_view name_member;  ///< of inputs: "RoleName"
  std::string_view id_member;    ///< of outputs: "RoleId"
  std::string_view label;        ///< in messages: "role"
  std::string_view id_prefix;    ///< "AROA" (IAM user guide, "IAM identifiers")
  /// By the value of `name_member`; throws NoSuchEntity.
  storage::Resource (*find)(RequestContext&, const std::string& name);
};

storage::Resource find_role(RequestContext&, const std::string& name);
storage::Resource find_user(RequestContext&, const std::string& name);
storage::Resource find_group(RequestContext&, const std::string& name);
storage::Resource find_instance_profile(RequestContext&, const std::string& name);
storage::Resource find_policy(RequestContext&, const std::string& arn);  ///< customer-managed ones only
storage::Resource find_oidc_provider(RequestContext&, const std::string& arn);

inline constexpr Entity kRole{"role", "RoleName", "RoleId", "role", "AROA", &find_role};
inline constexpr Entity kUser{"user", "UserName", "UserId", "user", "AIDA", &find_user};
inline constexpr Entity kGroup{"group", "GroupName", "GroupId", "group", "AGPA", &find_group};
inline constexpr Entity kInstanceProfile{
    "instance-profile", "InstanceProfileName", "InstanceProfileId", "Instance Profile", "AIPA", &find_instance_profile};
inline constexpr Entity kPolicy{"policy", "PolicyArn", "PolicyId", "policy", "ANPA", &find_policy};
inline constexpr Entity kOidcProvider{"oidc-provider",    "OpenIDConnectProviderArn", "", "OpenIDConnect Provider", "",
                                      &find_oidc_provider};

/// IAM's resources of the caller's account; they have no region.
storage::ResourceTable table(RequestContext& context);
using aws::lower;
/// "arn:aws:iam::ACCOUNT:role/path/name"; `path` begins and ends with '/'.
std::string entity_arn(RequestContext& context, std::string_view type, std::string_view path, std::string_view name);
/// A resource to be put, with the document {Path, NAME, ID, Arn, CreateDate}; throws `taken` where there is one of that
/// name. For what a request calls by name: not for policies and OIDC providers.
storage::Resource new_entity(RequestContext& context, const Entity& entity, const std::string& path,
                             const std::string& name, const AwsError& taken);
/// IAM's timestamps are whole seconds.
std::int64_t whole_seconds(const RequestContext& context);
/// Member Path, "/" without one.
std::string read_path(const Input& input, std::string_view member = "Path");

/// Member Tags as a map; refuses duplicate keys (they compare without case).
storage::Tags read_tags(const Input& input);
Json tag_list(const storage::Tags& tags);
/// Sets `document[Tags]` where there are tags.
void add_tags(Json& document, const storage::Tags& tags);

/// A list's answer: {member: page, IsTruncated, Marker}, by Marker and MaxItems of the input. `key` is unique.
Json page(const Input& input, std::string_view member, std::vector<Json> items,
          const std::function<std::string(const Json&)>& key);
/// The same for a list of strings.
Json page_strings(const Input& input, std::string_view member, const std::vector<std::string>& items);

/// All resources of `kind` whose id begins with `prefix`.
std::vector<storage::Resource> list_prefixed(RequestContext&, std::string_view kind, const std::string& prefix);
/// True when `path` of a resource's document begins with the input's PathPrefix.
bool has_path_prefix(const Json& document, const std::string& prefix);

}  // namespace orrery::iam
