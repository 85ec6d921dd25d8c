#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// A group without rules; the name and VPC have been checked.
Resource make_security_group(RequestContext& context, const std::string& vpc_id, const std::string& name,
                             const std::string& description);
/// The group that comes with a VPC: it admits its own members and lets everything out.
void make_default_security_group(RequestContext& context, const Resource& vpc);
/// Removes a group with its rules; whether it may go is the caller's to ask.
void erase_security_group(RequestContext& context, const std::string& id);
/// A group of a VPC by name.
std::optional<Resource> find_group_named(RequestContext& context, const std::string& vpc_id, const std::string& name);
/// The group that GroupId, or GroupName in the default VPC, names.
Resource require_group(RequestContext& context, const Input& input);

Json create_security_group(RequestContext& context, const Input& input);
Json describe_security_groups(RequestContext& context, const Input& input);
Json get_security_groups_for_vpc(RequestContext& context, const Input& input);
Json describe_security_group_references(RequestContext& context, const Input& input);
Json describe_stale_security_groups(RequestContext& context, const Input& input);
Json delete_security_group(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
