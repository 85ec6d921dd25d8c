#include "verify/traffic.hpp"

#include <boost/asio/ip/network_v6.hpp>
#include <map>
#include <optional>

#include "aws/cidr.hpp"

namespace orrery::verify {

namespace {

using Blocks = std::vector<std::string>;

struct Rule {
  std::string protocol;
  int first = 0, last = 65535;
  Blocks blocks;                     ///< of IPv4 and IPv6
  std::vector<std::string> sources;  ///< groups and prefix lists
};

struct Group {
  std::string id, name, vpc;
  std::vector<Rule> rules;
};

Rule rule(const pugi::xml_node& node) {
  Rule out;
  out.protocol = text(node, "ipProtocol");
  out.first = node.child("fromPort").text().as_int(0);
  out.last = node.child("toPort").text().as_int(65535);
  out.blocks = texts(node, "ipRanges", "cidrIp");
  for (auto& block : texts(node, "ipv6Ranges", "cidrIpv6")) out.blocks.push_back(std::move(block));
  out.sources = texts(node, "groups", "groupId");
  for (auto& list : texts(node, "prefixListIds", "prefixListId")) out.sources.push_back(std::move(list));
  return out;
}

std::vector<Group> groups(const Api& api, const std::vector<std::string>& ids) {
  Parameters parameters;
  for (std::size_t i = 0; i < ids.size(); ++i) parameters.emplace_back("GroupId." + std::to_string(i + 1), ids[i]);
  std::vector<Group> out;
  const auto take = [&](const pugi::xml_node& node) {
    Group group{text(node, "groupId"), text(node, "groupName"), text(node, "vpcId"), {}};
    for (const pugi::xml_node& each : node.child("ipPermissions").children()) group.rules.push_back(rule(each));
    out.push_back(std::move(group));
  };
  api.each(kEc2, "DescribeSecurityGroups", "securityGroupInfo", take, parameters);
  return out;
}

Blocks blocks_of_vpc(const Api& api, const std::string& vpc) {
  Blocks out;
  const auto take = [&](const pugi::xml_node& node) {
    out = texts(node, "cidrBlockAssociationSet", "cidrBlock");
    if (out.empty()) out.push_back(text(node, "cidrBlock"));
    for (auto& block : texts(node, "ipv6CidrBlockAssociationSet", "ipv6CidrBlock")) out.push_back(std::move(block));
  };
  api.each(kEc2, "DescribeVpcs", "vpcSet", take, {{"VpcId.1", vpc}});
  return out;
}

bool overlap(const std::string& a, const std::string& b) {
  const auto first = aws::parse_cidr(a), second = aws::parse_cidr(b);
  if (first && second) return first->overlaps(*second);
  namespace ip = boost::asio::ip;
  boost::system::error_code error_a, error_b;
  const auto left = ip::make_network_v6(a, error_a), right = ip::make_network_v6(b, error_b);
  if (error_a || error_b) return false;
  const auto l = left.canonical(), r = right.canonical();
  return l == r || l.is_subnet_of(r) || r.is_subnet_of(l);
}

bool about(const Rule& rule, std::uint16_t port) {
  if (rule.protocol == "-1") return true;
  return rule.protocol == "tcp" && rule.first <= port && port <= rule.last;
}

/// From where the rule lets the VPC in; nothing when it does not.
std::optional<std::string> source(const Rule& rule, const Blocks& vpc) {
  for (const std::string& block : rule.blocks) {
    if (std::any_of(vpc.begin(), vpc.end(), [&](const std::string& own) { return overlap(block, own); })) return block;
  }
  if (!rule.sources.empty()) return rule.sources.front();
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : separator) + part;
  return out;
}

Outcome look(const Api& api, const Destination& destination) {
  std::vector<std::string> ports, names;
  for (const std::uint16_t port : destination.ports) ports.push_back(std::to_string(port));
  std::map<std::string, Blocks> vpcs;
  for (const Group& group : groups(api, destination.groups)) {
    names.push_back(group.name + " (" + group.id + ")");
    if (!vpcs.contains(group.vpc)) vpcs[group.vpc] = blocks_of_vpc(api, group.vpc);
    for (const Rule& rule : group.rules) {
      for (const std::uint16_t port : destination.ports) {
        if (!about(rule, port)) continue;
        const auto from = source(rule, vpcs[group.vpc]);
        if (from) return ok(std::to_string(port) + " from " + *from + " by " + names.back());
      }
    }
  }
  return failed("no rule lets " + joined(ports, " or ") + " in from the VPC: " + joined(names, ", "));
}

}  // namespace

void check_traffic(Site& site, const Destination& destination) {
  site.check({"traffic", destination.name, joined(destination.groups, ",")}, [&] {
    if (destination.groups.empty()) return noted("no group", "it names no security group");
    return look(site.api, destination);
  });
}

}  // namespace orrery::verify
