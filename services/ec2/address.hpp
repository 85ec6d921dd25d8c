#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// Associates an address with a private address of an interface, and stores both. Returns the association's id.
std::string associate(RequestContext& context, Resource& address, Resource& interface, const std::string& private_ip);
/// Ends an address's association, and stores it and its interface.
void dissociate(RequestContext& context, Resource& address);

Json allocate_address(RequestContext& context, const Input& input);
Json describe_addresses(RequestContext& context, const Input& input);
Json describe_addresses_attribute(RequestContext& context, const Input& input);
Json modify_address_attribute(RequestContext& context, const Input& input);
Json reset_address_attribute(RequestContext& context, const Input& input);
Json associate_address(RequestContext& context, const Input& input);
Json disassociate_address(RequestContext& context, const Input& input);
Json release_address(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
