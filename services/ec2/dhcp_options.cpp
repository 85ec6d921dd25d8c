#include "services/ec2/dhcp_options.hpp"

#include "services/ec2/describe.hpp"
#include "services/ec2/tags.hpp"

namespace orrery::ec2 {

namespace {

constexpr FilterRow kDhcpOptionsFilters[] = {{"dhcp-options-id", "DhcpOptionsId"},
                                             {"key", "DhcpConfigurations.Key"},
                                             {"value", "DhcpConfigurations.Values.Value"},
                                             {"owner-id", "OwnerId"}};

constexpr std::string_view kKeys[] = {"domain-name",       "domain-name-servers",
                                      "ntp-servers",       "netbios-name-servers",
                                      "netbios-node-type", "ipv6-address-preferred-lease-time"};

Json configuration(const std::string& key, const std::vector<std::string>& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back({{"Value", value}});
  return {{"Key", key}, {"Values", list}};
}

Resource make_options(RequestContext& context, Json configurations) {
  Resource out = make(context, kDhcpOptions);
  out.document["OwnerId"] = context.account;
  out.document["DhcpConfigurations"] = std::move(configurations);
  return out;
}

}  // namespace

std::string default_dhcp_options(RequestContext& context) {
  for (const Resource& options : table(context).list(kDhcpOptions.name)) {
    if (options.hidden.value("Default", false)) return options.id;
  }
  const std::string domain = context.region == "us-east-1" ? "ec2.internal" : context.region + ".compute.internal";
  Resource made = make_options(context, Json::array({configuration("domain-name", {domain}),
                                                     configuration("domain-name-servers", {"AmazonProvidedDNS"})}));
  made.hidden["Default"] = true;
  put(context, made);
  return made.id;
}

Json create_dhcp_options(RequestContext& context, const Input& input) {
  const Tags tags = tags_of(input, kDhcpOptions);
  Json configurations = Json::array();
  for (const Input& entry : input.objects("DhcpConfigurations")) {
    const std::string key = entry.str("Key");
    if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys))
      throw errors::invalid_value(key, "dhcpConfiguration", "Unknown DHCP option.");
    configurations.push_back(configuration(key, entry.strings("Values")));
  }
  if (configurations.empty()) throw errors::missing("dhcpConfiguration");
  const Resource options = make_options(context, configurations);
  put(context, options);
  table(context).tag(kDhcpOptions.name, options.id, tags);
  return {{"DhcpOptions", with_tags(context, kDhcpOptions, options)}};
}

Json describe_dhcp_options(RequestContext& context, const Input& input) {
  return describe(
      context, input,
      {.kind = kDhcpOptions, .ids = "DhcpOptionsIds", .output = "DhcpOptions", .filters = kDhcpOptionsFilters});
}

Json associate_dhcp_options(RequestContext& context, const Input& input) {
  Resource vpc = require(context, kVpc, input.str("VpcId"));
  std::string id = input.str("DhcpOptionsId");
  table(context).unlink(kVpc.name, vpc.id, "dhcp-options");
  // "default" stands for no options at all (EC2 API reference, AssociateDhcpOptions).
  if (id != "default") {
    id = require(context, kDhcpOptions, id).id;
    link(context, vpc, "dhcp-options", kDhcpOptions, id);
  }
  vpc.document["DhcpOptionsId"] = id;
  put(context, vpc);
  return Json::object();
}

Json delete_dhcp_options(RequestContext& context, const Input& input) {
  const Resource options = require(context, kDhcpOptions, input.str("DhcpOptionsId"));
  if (!table(context).links_to(kDhcpOptions.name, options.id).empty())
    throw errors::has_dependencies("dhcpOptions", options.id);
  table(context).erase(kDhcpOptions.name, options.id);
  return Json::object();
}

}  // namespace orrery::ec2
