#include "services/ec2/regions.hpp"

#include "registry/filters.hpp"
#include "services/ec2/describe.hpp"

namespace orrery::ec2 {

namespace {

enum class OptIn { not_required, required };

/// `zones` pairs the letter of each zone's name with the digit of its id ("a1b2"). AWS maps letters to ids for each
/// account anew; this is one such mapping (AWS RAM user guide, "Availability Zone IDs").
struct Region {
  std::string_view name, id_prefix, zones, geography;
  OptIn opt_in = OptIn::not_required;
};

constexpr Region kRegions[] = {
    {"af-south-1", "afs1", "a1b2c3", "Africa (Cape Town)", OptIn::required},
    {"ap-east-1", "ape1", "a1b2c3", "Asia Pacific (Hong Kong)", OptIn::required},
    {"ap-east-2", "ape2", "a1b2c3", "Asia Pacific (Taipei)", OptIn::required},
    {"ap-northeast-1", "apne1", "a4c1d2", "Asia Pacific (Tokyo)"},
    {"ap-northeast-2", "apne2", "a1b2c3d4", "Asia Pacific (Seoul)"},
    {"ap-northeast-3", "apne3", "a3b1c2", "Asia Pacific (Osaka)"},
    {"ap-south-1", "aps1", "a1b3c2", "Asia Pacific (Mumbai)"},
    {"ap-south-2", "aps2", "a1b2c3", "Asia Pacific (Hyderabad)", OptIn::required},
    {"ap-southeast-1", "apse1", "a1b2c3", "Asia Pacific (Singapore)"},
    {"ap-southeast-2", "apse2", "a1b3c2", "Asia Pacific (Sydney)"},
    {"ap-southeast-3", "apse3", "a1b2c3", "Asia Pacific (Jakarta)", OptIn::required},
    {"ap-southeast-4", "apse4", "a1b2c3", "Asia Pacific (Melbourne)", OptIn::required},
    {"ap-southeast-5", "apse5", "a1b2c3", "Asia Pacific (Malaysia)", OptIn::required},
    {"ap-southeast-7", "apse7", "a1b2c3", "Asia Pacific (Thailand)", OptIn::required},
    {"ca-central-1", "cac1", "a1b2d4", "Canada (Central)"},
    {"ca-west-1", "caw1", "a1b2c3", "Canada West (Calgary)", OptIn::required},
    {"eu-central-1", "euc1", "a2b3c1", "Europe (Frankfurt)"},
    {"eu-central-2", "euc2", "a1b2c3", "Europe (Zurich)", OptIn::required},
    {"eu-north-1", "eun1", "a1b2c3", "Europe (Stockholm)"},
    {"eu-south-1", "eus1", "a1b2c3", "Europe (Milan)", OptIn::required},
    {"eu-south-2", "eus2", "a1b2c3", "Europe (Spain)", OptIn::required},
    {"eu-west-1", "euw1", "a1b2c3", "Europe (Ireland)"},
    {"eu-west-2", "euw2", "a2b3c1", "Europe (London)"},
    {"eu-west-3", "euw3", "a1b2c3", "Europe (Paris)"},
    {"il-central-1", "ilc1", "a1b2c3", "Israel (Tel Aviv)", OptIn::required},
    {"me-central-1", "mec1", "a1b2c3", "Middle East (UAE)", OptIn::required},
    {"me-south-1", "mes1", "a1b2c3", "Middle East (Bahrain)", OptIn::required},
    {"mx-central-1", "mxc1", "a1b2c3", "Mexico (Central)", OptIn::required},
    {"sa-east-1", "sae1", "a1b2c3", "South America (Sao Paulo)"},
    {"us-east-1", "use1", "a1b2c3d4e5f6", "US East (N. Virginia)"},
    {"us-east-2", "use2", "a1b2c3", "US East (Ohio)"},
    {"us-west-1", "usw1", "a3b1", "US West (N. California)"},
    {"us-west-2", "usw2", "a2b1c3d4", "US West (Oregon)"},
};

const Region* region_named(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kRegions), std::end(kRegions), [&](const Region& r) { return r.name == name; });
  return found == std::end(kRegions) ? nullptr : found;
}

std::string_view opt_in_status(const Region& region, std::string_view here) {
  if (region.opt_in == OptIn::not_required) return "opt-in-not-required";
  // Who works in a region has opted in to it.
  return region.name == here ? "opted-in" : "not-opted-in";
}

Json zone_document(std::string_view region, const Zone& zone) {
  const Region* known = region_named(region);
  return {{"OptInStatus", "opt-in-not-required"},
          {"Messages", Json::array()},
          {"RegionName", region},
          {"ZoneName", zone.name},
          {"ZoneId", zone.id},
          {"GroupName", std::string(region) + "-zg-1"},
          {"GroupLongName", known ? std::string(known->geography) + " 1" : std::string(region) + " 1"},
          {"NetworkBorderGroup", region},
          {"ZoneType", "availability-zone"},
          {"State", "available"}};
}

constexpr FilterRow kZoneFilters[] = {{"group-long-name", "GroupLongName"},
                                      {"group-name", "GroupName"},
                                      {"message", "Messages.Message"},
                                      {"opt-in-status", "OptInStatus"},
                                      {"parent-zone-id", "ParentZoneId"},
                                      {"parent-zone-name", "ParentZoneName"},
                                      {"region-name", "RegionName"},
                                      {"state", "State"},
                                      {"zone-id", "ZoneId"},
                                      {"zone-name", "ZoneName"},
                                      {"zone-type", "ZoneType"}};

constexpr FilterRow kRegionFilters[] = {
    {"endpoint", "Endpoint"}, {"opt-in-status", "OptInStatus"}, {"region-name", "RegionName"}};

bool listed(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

/// Keeps what the filters of `input` match.
Json filtered(const Input& input, std::vector<Json> documents, std::span<const FilterRow> rows) {
  const Filters filters(input);
  const auto row_of = [&](std::string_view name) {
    return std::find_if(rows.begin(), rows.end(), [&](const FilterRow& row) { return row.name == name; });
  };
  for (const auto& name : filters.unknown([&](std::string_view n) { return row_of(n) != rows.end(); }))
    throw errors::invalid_filter(name);
  Json out = Json::array();
  for (Json& document : documents) {
    if (filters.match([&](std::string_view name) { return values_at(document, row_of(name)->path); }))
      out.push_back(std::move(document));
  }
  return out;
}

}  // namespace

std::vector<Zone> zones_of(std::string_view region) {
  const Region* known = region_named(region);
  const std::string_view pairs = known ? known->zones : "a1b2c3";
  const std::string prefix = known ? std::string(known->id_prefix) : std::string(region);
  std::vector<Zone> out;
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2)
    out.push_back({std::string(region) + pairs[i], prefix + "-az" + pairs[i + 1]});
  return out;
}

Zone require_zone(std::string_view region, const std::string& name, const std::string& id) {
  const auto zones = zones_of(region);
  std::string names;
  for (const Zone& zone : zones) {
    if ((name.empty() || zone.name == name) && (id.empty() || zone.id == id)) return zone;
    names += (names.empty() ? "" : ", ") + (id.empty() ? zone.name : zone.id);
  }
  throw errors::invalid_value(
      id.empty() ? name : id, id.empty() ? "availabilityZone" : "availabilityZoneId",
      "Subnets can currently only be created in the following availability zones: " + names + ".");
}

Json describe_availability_zones(RequestContext& context, const Input& input) {
  const auto names = input.strings("ZoneNames"), ids = input.strings("ZoneIds");
  input.acknowledge("AllAvailabilityZones", "no local or wavelength zone that one could opt in to is modelled");
  std::vector<Json> found;
  const auto zones = zones_of(context.region);
  for (const Zone& zone : zones) {
    if (listed(names, zone.name) && listed(ids, zone.id)) found.push_back(zone_document(context.region, zone));
  }
  for (const auto& name : names) {
    if (std::none_of(zones.begin(), zones.end(), [&](const Zone& z) { return z.name == name; }))
      throw errors::invalid_parameter("Invalid availability zone: [" + name + "]");
  }
  for (const auto& id : ids) {
    if (std::none_of(zones.begin(), zones.end(), [&](const Zone& z) { return z.id == id; }))
      throw errors::invalid_parameter("Invalid availability zone-id: [" + id + "]");
  }
  return {{"AvailabilityZones", filtered(input, std::move(found), kZoneFilters)}};
}

Json describe_regions(RequestContext& context, const Input& input) {
  const auto names = input.strings("RegionNames");
  const bool all = input.flag("AllRegions");
  for (const auto& name : names) {
    if (!region_named(name)) throw errors::invalid_parameter("Invalid region: [" + name + "]");
  }
  std::vector<Json> found;
  for (const Region& region : kRegions) {
    const auto status = opt_in_status(region, context.region);
    if (!listed(names, std::string(region.name)) || (!all && names.empty() && status == "not-opted-in")) continue;
    found.push_back({{"RegionName", region.name},
                     {"Endpoint", "ec2." + std::string(region.name) + ".amazonaws.com"},
                     {"OptInStatus", status}});
  }
  return {{"Regions", filtered(input, std::move(found), kRegionFilters)}};
}

Json describe_account_attributes(RequestContext& context, const Input& input) {
  std::string default_vpc = "none";
  for (const Resource& vpc : table(context).list(kVpc.name)) {
    if (vpc.document.value("IsDefault", false)) default_vpc = vpc.id;
  }
  // The quotas are AWS's defaults (VPC user guide and EC2 user guide, "quotas").
  const std::pair<const char*, std::string> values[] = {
      {"supported-platforms", "VPC"}, {"vpc-max-security-groups-per-interface", "5"},
      {"max-elastic-ips", "5"},       {"max-instances", "20"},
      {"vpc-max-elastic-ips", "5"},   {"default-vpc", default_vpc}};
  const auto wanted = input.strings("AttributeNames");
  Json out = Json::array();
  for (const auto& [name, value] : values) {
    if (listed(wanted, name))
      out.push_back({{"AttributeName", name}, {"AttributeValues", Json::array({{{"AttributeValue", value}}})}});
  }
  return {{"AccountAttributes", out}};
}

}  // namespace orrery::ec2
