#include "services/ec2/network_acl.hpp"

#include "aws/cidr.hpp"
#include "aws/ids.hpp"
#include "services/ec2/describe.hpp"
#include "services/ec2/tags.hpp"
#include "services/ec2/vpc_cidr.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kNetworkAclFilters[] = {{"association.association-id", "Associations.NetworkAclAssociationId"},
                                            {"association.network-acl-id", "Associations.NetworkAclId"},
                                            {"association.subnet-id", "Associations.SubnetId"},
                                            {"default", "IsDefault"},
                                            {"entry.cidr", "Entries.CidrBlock"},
                                            {"entry.icmp.code", "Entries.IcmpTypeCode.Code"},
                                            {"entry.icmp.type", "Entries.IcmpTypeCode.Type"},
                                            {"entry.ipv6-cidr", "Entries.Ipv6CidrBlock"},
                                            {"entry.port-range.from", "Entries.PortRange.From"},
                                            {"entry.port-range.to", "Entries.PortRange.To"},
                                            {"entry.protocol", "Entries.Protocol"},
                                            {"entry.rule-action", "Entries.RuleAction"},
                                            {"entry.egress", "Entries.Egress"},
                                            {"entry.rule-number", "Entries.RuleNumber"},
                                            {"network-acl-id", "NetworkAclId"},
                                            {"owner-id", "OwnerId"},
                                            {"vpc-id", "VpcId"}};

/// The number of the last entries, which no client may touch; the one for IPv6 is the next.
constexpr int kLastRule = 32767;

void add_entries(Json& entries, const char* member, const char* everything, int number, const char* action) {
  for (const bool egress : {true, false})
    entries.push_back(
        {{member, everything}, {"Egress", egress}, {"Protocol", "-1"}, {"RuleAction", action}, {"RuleNumber", number}});
}

/// Entries are listed egress last and by number.
void sort_entries(Json& entries) {
  std::sort(entries.begin(), entries.end(), [](const Json& a, const Json& b) {
    return std::pair(a["Egress"].get<bool>(), a["RuleNumber"].get<int>()) <
           std::pair(b["Egress"].get<bool>(), b["RuleNumber"].get<int>());
  });
}

std::string add_association(RequestContext& context, Resource& acl, const std::string& subnet_id) {
  const std::string id = aws::resource_id("aclassoc");
  acl.document["Associations"].push_back(
      {{"NetworkAclAssociationId", id}, {"NetworkAclId", acl.id}, {"SubnetId", subnet_id}});
  put(context, acl);
  link(context, acl, "association", kSubnet, subnet_id);
  return id;
}

std::vector<Resource> acls_of(RequestContext& context, const std::string& vpc_id) {
  std::vector<Resource> out;
  for (const auto& edge : table(context).links_to(kVpc.name, vpc_id)) {
    if (edge.from.kind != kNetworkAcl.name) continue;
    if (auto acl = table(context).find(kNetworkAcl.name, edge.from.id)) out.push_back(std::move(*acl));
  }
  return out;
}

/// A protocol as its number; AWS takes names too.
std::string protocol_number(const std::string& text) {
  static const std::map<std::string, std::string, std::less<>> names{
      {"tcp", "6"}, {"udp", "17"}, {"icmp", "1"}, {"icmpv6", "58"}, {"all", "-1"}};
  if (const auto named = names.find(text); named != names.end()) return named->second;
  const bool number = !text.empty() && text.size() < 4 && text.find_first_not_of("0123456789") == std::string::npos;
  if (text == "-1" || (number && std::stoi(text) <= 255)) return text;
  throw errors::invalid_value(text, "protocol", "Unknown protocol.");
}

void read_networks(const Input& input, Json& entry) {
  if (const auto text = input.find_str("CidrBlock")) {
    const auto cidr = aws::parse_cidr(*text);
    if (!cidr) throw errors::invalid_value(*text, "cidrBlock", "This is not a valid CIDR block.");
    entry["CidrBlock"] = cidr->text();
  } else if (const auto text6 = input.find_str("Ipv6CidrBlock")) {
    const auto cidr = parse_cidr6(*text6);
    if (!cidr) throw errors::invalid_value(*text6, "ipv6CidrBlock", "This is not a valid IPv6 CIDR block.");
    entry["Ipv6CidrBlock"] = cidr->text();
  } else {
    throw errors::missing("cidrBlock");
  }
}

Json read_entry(const Input& input) {
  Json entry{{"RuleNumber", input.integer("RuleNumber")},
             {"Egress", input.flag("Egress")},
             {"RuleAction", input.str("RuleAction")},
             {"Protocol", protocol_number(input.str("Protocol"))}};
  if (entry["RuleNumber"] < 1 || entry["RuleNumber"] >= kLastRule)
    throw errors::invalid_value(std::to_string(input.integer("RuleNumber")), "ruleNumber",
                                "The rule number must be between 1 and 32766.");
  read_networks(input, entry);
  const std::string protocol = entry["Protocol"];
  const auto ports = input.find_object("PortRange");
  const auto icmp = input.find_object("IcmpTypeCode");
  const bool has_ports = protocol == "6" || protocol == "17", has_icmp = protocol == "1" || protocol == "58";
  if (has_ports) {
    if (!ports) throw errors::missing("portRange");
    const auto from = ports->integer("From"), to = ports->integer("To");
    if (from < 0 || to > 65535 || from > to)
      throw errors::invalid_value(std::to_string(from) + "-" + std::to_string(to), "portRange", "Invalid port range.");
    entry["PortRange"] = {{"From", from}, {"To", to}};
  } else if (ports) {
    // AWS takes a range with any protocol and drops it where it says nothing.
    ports->all();
  }
  if (has_icmp) {
    if (!icmp) throw errors::missing("icmpTypeCode");
    entry["IcmpTypeCode"] = {{"Code", icmp->integer("Code")}, {"Type", icmp->integer("Type")}};
  } else if (icmp) {
    icmp->all();
  }
  return entry;
}

Json* find_entry(Json& entries, std::int64_t number, bool egress) {
  for (Json& entry : entries) {
    if (entry["RuleNumber"] == number && entry["Egress"] == egress) return &entry;
  }
  return nullptr;
}

AwsError no_entry(const Resource& acl, std::int64_t number) {
  return errors::client("InvalidNetworkAclEntry.NotFound",
                        "no entry with number " + std::to_string(number) + " in network ACL " + acl.id);
}

}  // namespace

Resource make_network_acl(RequestContext& context, const Resource& vpc, AclOrigin origin) {
  Resource acl = make(context, kNetworkAcl);
  const bool is_default = origin == AclOrigin::default_acl;
  Json entries = Json::array();
  const bool v6 = !vpc.document["Ipv6CidrBlockAssociationSet"].empty();
  if (is_default) add_entries(entries, "CidrBlock", "0.0.0.0/0", 100, "allow");
  if (is_default && v6) add_entries(entries, "Ipv6CidrBlock", "::/0", 101, "allow");
  add_entries(entries, "CidrBlock", "0.0.0.0/0", kLastRule, "deny");
  if (v6) add_entries(entries, "Ipv6CidrBlock", "::/0", kLastRule + 1, "deny");
  sort_entries(entries);
  acl.document.update({{"VpcId", vpc.id},
                       {"OwnerId", context.account},
                       {"IsDefault", is_default},
                       {"Entries", entries},
                       {"Associations", Json::array()}});
  put(context, acl);
  link(context, acl, "vpc", kVpc, vpc.id);
  return acl;
}

void associate_default_acl(RequestContext& context, const std::string& vpc_id, const std::string& subnet_id) {
  for (Resource& acl : acls_of(context, vpc_id)) {
    if (acl.document["IsDefault"] == true) add_association(context, acl, subnet_id);
  }
}

void admit_ipv6(RequestContext& context, const Resource& vpc) {
  for (Resource& acl : acls_of(context, vpc.id)) {
    Json& entries = acl.document["Entries"];
    if (find_entry(entries, kLastRule + 1, false)) continue;
    if (acl.document["IsDefault"] == true && !find_entry(entries, 101, false))
      add_entries(entries, "Ipv6CidrBlock", "::/0", 101, "allow");
    add_entries(entries, "Ipv6CidrBlock", "::/0", kLastRule + 1, "deny");
    sort_entries(entries);
    put(context, acl);
  }
}

Json create_network_acl(RequestContext& context, const Input& input) {
  const Tags tags = tags_of(input, kNetworkAcl);
  const auto token = input.find_str("ClientToken");
  const Resource vpc = require(context, kVpc, input.str("VpcId"));
  if (const auto made = made_with_token(context, kNetworkAcl, token); made && made->document.at("VpcId") == vpc.id)
    return {{"NetworkAcl", with_tags(context, kNetworkAcl, *made)}, {"ClientToken", *token}};
  Resource acl = make_network_acl(context, vpc, AclOrigin::user);
  if (token) acl.hidden["ClientToken"] = *token;
  put(context, acl);
  table(context).tag(kNetworkAcl.name, acl.id, tags);
  Json out{{"NetworkAcl", with_tags(context, kNetworkAcl, acl)}};
  if (token) out["ClientToken"] = *token;
  return out;
}

Json describe_network_acls(RequestContext& context, const Input& input) {
  return describe(
      context, input,
      {.kind = kNetworkAcl, .ids = "NetworkAclIds", .output = "NetworkAcls", .filters = kNetworkAclFilters});
}

Json create_network_acl_entry(RequestContext& context, const Input& input) {
  Resource acl = require(context, kNetworkAcl, input.str("NetworkAclId"));
  Json entry = read_entry(input);
  Json& entries = acl.document["Entries"];
  if (find_entry(entries, entry["RuleNumber"], entry["Egress"]))
    throw errors::client("NetworkAclEntryAlreadyExists",
                         "The network acl entry identified by " + entry["RuleNumber"].dump() + " already exists.");
  entries.push_back(std::move(entry));
  sort_entries(entries);
  put(context, acl);
  return Json::object();
}

Json replace_network_acl_entry(RequestContext& context, const Input& input) {
  Resource acl = require(context, kNetworkAcl, input.str("NetworkAclId"));
  Json entry = read_entry(input);
  Json* present = find_entry(acl.document["Entries"], entry["RuleNumber"], entry["Egress"]);
  if (!present) throw no_entry(acl, entry["RuleNumber"]);
  *present = std::move(entry);
  put(context, acl);
  return Json::object();
}

Json delete_network_acl_entry(RequestContext& context, const Input& input) {
  Resource acl = require(context, kNetworkAcl, input.str("NetworkAclId"));
  const auto number = input.integer("RuleNumber");
  Json& entries = acl.document["Entries"];
  const Json* present = find_entry(entries, number, input.flag("Egress"));
  if (!present || number >= kLastRule) throw no_entry(acl, number);
  entries.erase(static_cast<std::size_t>(present - &entries[0]));
  put(context, acl);
  return Json::object();
}

Json replace_network_acl_association(RequestContext& context, const Input& input) {
  Resource target = require(context, kNetworkAcl, input.str("NetworkAclId"));
  const std::string id = input.str("AssociationId");
  for (Resource& holder : acls_of(context, target.document["VpcId"])) {
    Json& list = holder.document["Associations"];
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (list[i]["NetworkAclAssociationId"] != id) continue;
      const std::string subnet = list[i]["SubnetId"];
      list.erase(i);
      put(context, holder);
      table(context).unlink(kNetworkAcl.name, holder.id, "association",
                            {std::string(kService), std::string(kSubnet.name), subnet});
      if (holder.id == target.id) target = holder;
      return {{"NewAssociationId", add_association(context, target, subnet)}};
    }
  }
  throw errors::association_not_found(id);
}

Json delete_network_acl(RequestContext& context, const Input& input) {
  const Resource acl = require(context, kNetworkAcl, input.str("NetworkAclId"));
  if (acl.document["IsDefault"] == true) throw errors::invalid_parameter("cannot delete default network ACL " + acl.id);
  if (!acl.document["Associations"].empty()) throw errors::has_dependencies("networkAcl", acl.id);
  table(context).erase(kNetworkAcl.name, acl.id);
  return Json::object();
}

}  // namespace orrery::ec2
