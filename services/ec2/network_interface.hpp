#pragma once
#include <vector>

#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

struct InterfaceSpec {
  std::string subnet_id;
  std::vector<std::string> group_ids;  ///< empty: the VPC's default group
  std::string description;
  std::string type = "interface";
  std::string requester;               ///< who manages it, "" for the user
  std::vector<std::string> addresses;  ///< the wanted ones, the primary first; "" and the rest of `count` are chosen
  std::size_t count = 1;
};

/// Makes an interface and takes its addresses from the subnet.
Resource make_interface(RequestContext& context, const InterfaceSpec& spec);
/// Removes an interface and gives its addresses back.
void erase_interface(RequestContext& context, const Resource& interface);
/// Gives an interface, which is stored, `count` more addresses: those of `wanted` first. Returns them.
std::vector<std::string> add_addresses(RequestContext& context, Resource& interface, std::vector<std::string> wanted,
                                       std::size_t count);
/// Takes a secondary address from an interface, which is stored; throws for one that it lacks.
void remove_address(RequestContext& context, Resource& interface, const std::string& address);
/// Sets the groups, by id, of an interface that the caller stores.
void set_groups(RequestContext& context, Resource& interface, const std::vector<std::string>& group_ids);

Json create_network_interface(RequestContext& context, const Input& input);
Json describe_network_interfaces(RequestContext& context, const Input& input);
Json describe_network_interface_attribute(RequestContext& context, const Input& input);
Json modify_network_interface_attribute(RequestContext& context, const Input& input);
Json delete_network_interface(RequestContext& context, const Input& input);
Json assign_private_ip_addresses(RequestContext& context, const Input& input);
Json unassign_private_ip_addresses(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
