#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

enum class AclOrigin { user, default_acl };

Resource make_network_acl(RequestContext& context, const Resource& vpc, AclOrigin origin);
/// Puts a new subnet under its VPC's default ACL.
void associate_default_acl(RequestContext& context, const std::string& vpc_id, const std::string& subnet_id);
/// The entries for IPv6 that AWS adds to a VPC's ACLs with its first IPv6 network.
void admit_ipv6(RequestContext& context, const Resource& vpc);

Json create_network_acl(RequestContext& context, const Input& input);
Json describe_network_acls(RequestContext& context, const Input& input);
Json create_network_acl_entry(RequestContext& context, const Input& input);
Json replace_network_acl_entry(RequestContext& context, const Input& input);
Json delete_network_acl_entry(RequestContext& context, const Input& input);
Json replace_network_acl_association(RequestContext& context, const Input& input);
Json delete_network_acl(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
