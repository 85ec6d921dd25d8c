#pragma once
#include <vector>

#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

enum class Direction { ingress, egress };

/// Rules are stored one source each, in the form of SecurityGroupRule; an IpPermission of DescribeSecurityGroups is
/// the rules of one protocol and port range together.

/// Of a group, in the order of their making.
std::vector<Resource> rules_of_group(RequestContext& context, const std::string& group_id);
/// The IpPermissions of one direction.
Json permissions(const std::vector<Resource>& rules, Direction direction);

/// What the input's IpPermissions, or its old flat members, name: rule documents without ids. Checked and normalised.
std::vector<Json> read_permissions(RequestContext& context, const Input& input, const Resource& group,
                                   Direction direction);
/// A protocol as EC2 writes it: "tcp", "udp", "icmp", "icmpv6", "-1" or a number.
std::string read_protocol(const std::string& text);
/// Checks ports against the protocol and sets FromPort and ToPort.
void set_ports(Json& rule, std::optional<std::int64_t> from, std::optional<std::int64_t> to);
std::string read_ipv4_range(const std::string& text);
std::string read_ipv6_range(const std::string& text);
Json reference_to(RequestContext& context, const std::string& group_id);
void check_rule_description(const std::string& text);
/// At most 255 characters of the set that groups and rules allow.
bool description_fits(const std::string& text);

/// What makes two rules of a group the same.
std::string rule_key(const Json& rule);
/// Stores a rule of a group; `rule` has no ids yet.
Resource add_rule(RequestContext& context, const Resource& group, Json rule);
/// The rule that admits all members of the group.
Json self_rule(RequestContext& context, const Resource& group);
/// The rule that every new group has: all traffic to 0.0.0.0/0.
Json open_egress_rule();

}  // namespace orrery::ec2
