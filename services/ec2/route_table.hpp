#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

enum class RouteTableOrigin { user, main };
enum class RouteState { active, blackhole };

/// The members of a route that name its target.
inline constexpr const char* kTargetMembers[] = {"GatewayId", "NatGatewayId", "NetworkInterfaceId",
                                                 "EgressOnlyInternetGatewayId"};

Resource make_route_table(RequestContext& context, const Resource& vpc, RouteTableOrigin origin);
bool is_main(const Json& route_table);
Resource main_route_table(RequestContext& context, const std::string& vpc_id);
/// Sends 0.0.0.0/0 to an internet gateway, and stores the table.
void add_gateway_route(RequestContext& context, Resource& route_table, const std::string& gateway_id);
/// Rewrites the local routes of a VPC's tables after its networks changed.
void refresh_local_routes(RequestContext& context, const Resource& vpc);
/// Marks the routes to a target: a target that went away leaves them as black holes.
void set_route_state(RequestContext& context, const Kind& kind, const std::string& target_id, RouteState state);

Json create_route_table(RequestContext& context, const Input& input);
Json describe_route_tables(RequestContext& context, const Input& input);
Json delete_route_table(RequestContext& context, const Input& input);
Json associate_route_table(RequestContext& context, const Input& input);
Json disassociate_route_table(RequestContext& context, const Input& input);
Json replace_route_table_association(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
