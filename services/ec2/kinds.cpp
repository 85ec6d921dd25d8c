#include "services/ec2/kinds.hpp"

#include "aws/ids.hpp"

namespace orrery::ec2 {

std::span<const Kind* const> all_kinds() {
  static constexpr const Kind* kinds[] = {
      &kVpc,       &kSubnet,     &kInternetGateway, &kRouteTable,       &kSecurityGroup, &kSecurityGroupRule,
      &kElasticIp, &kNatGateway, &kNetworkAcl,      &kNetworkInterface, &kDhcpOptions,   &kEgressOnlyGateway};
  return kinds;
}

const Kind* kind_of_id(std::string_view id) {
  const auto prefix = id.substr(0, id.find('-'));
  for (const Kind* kind : all_kinds()) {
    if (kind->prefix == prefix && id.size() > prefix.size()) return kind;
  }
  return nullptr;
}

AwsError not_found(const Kind& kind, const std::string& id) {
  if (&kind == &kNatGateway || kind.name == kNatGateway.name)
    return errors::client(std::string(kind.not_found), "NAT gateway " + id + " was not found");
  return errors::client(std::string(kind.not_found), "The " + std::string(kind.noun) + " '" + id + "' does not exist");
}

void check_form(const Kind& kind, const std::string& id) {
  const std::string prefix = std::string(kind.prefix) + "-";
  const bool fits = id.size() > prefix.size() && id.compare(0, prefix.size(), prefix) == 0 &&
                    id.find_first_not_of("0123456789abcdef", prefix.size()) == std::string::npos;
  if (!fits)
    throw errors::client(std::string(kind.malformed), "Invalid id: \"" + id + "\" (expecting \"" + prefix + "...\")");
}

Resource require(RequestContext& context, const Kind& kind, const std::string& id) {
  auto resource = table(context).find(kind.name, id);
  if (resource) return std::move(*resource);
  check_form(kind, id);
  throw not_found(kind, id);
}

Resource make(RequestContext& context, const Kind& kind) {
  Resource out;
  out.kind = kind.name;
  out.id = aws::resource_id(kind.prefix);
  out.document[std::string(kind.id_member)] = out.id;
  out.arn = aws::arn(kService, context.region, context.account, std::string(kind.name) + "/" + out.id);
  out.created = context.now;
  return out;
}

storage::ResourceTable table(RequestContext& context) { return context.resources(kService, context.region); }

std::optional<Resource> made_with_token(RequestContext& context, const Kind& kind,
                                        const std::optional<std::string>& token) {
  if (!token) return std::nullopt;
  for (Resource& made : table(context).list(kind.name)) {
    if (made.hidden.value("ClientToken", "") == *token) return std::move(made);
  }
  return std::nullopt;
}

void put(RequestContext& context, const Resource& resource) { table(context).put(resource); }

void link(RequestContext& context, const Resource& from, std::string_view role, const Kind& to, const std::string& id) {
  table(context).link(from.kind, from.id, role, {std::string(kService), std::string(to.name), id});
}

}  // namespace orrery::ec2
