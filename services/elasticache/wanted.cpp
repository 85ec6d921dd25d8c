#include "services/elasticache/wanted.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/layout.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/node_memory.hpp"
#include "services/elasticache/nodes.hpp"
#include "services/elasticache/parameter_group.hpp"
#include "services/elasticache/serverless.hpp"
#include "services/elasticache/snapshot.hpp"
#include "services/elasticache/user.hpp"

namespace orrery::elasticache {

namespace {

using Values = std::map<std::string, std::string>;

std::string group_name(const Json& document) {
  return text(document.at("CacheParameterGroup"), "CacheParameterGroupName");
}

/// The values in force: its family's and its group's.
Values parameters_of(RequestContext& context, const storage::Resource& cluster, const std::string& node) {
  Values values;
  for (const auto& [name, setting] : parameter_values(context, group_name(cluster.document)))
    if (setting.change == Change::immediate) values[name] = setting.value;
  for (const auto& [name, value] : of_node(cluster, node, "boot_parameters", Json::object()).get<Values>())
    values[name] = value;
  return values;
}

std::int64_t number(const Values& values, const char* name, std::int64_t fallback) {
  const auto set = values.find(name);
  if (set != values.end()) std::from_chars(set->second.data(), set->second.data() + set->second.size(), fallback);
  return fallback;
}

/// The memory of the node type, less what a parameter reserves.
void limit_memory(const storage::Resource& cluster, Values& values) {
  if (const auto memory = node_memory(text(cluster.document, "CacheNodeType")))
    values["maxmemory"] = std::to_string(*memory / 100 * (100 - number(values, "reserved-memory-percent", 25)));
}

std::int64_t megabytes(const storage::Resource& cluster, const Values& values) {
  const std::int64_t memory = node_memory(text(cluster.document, "CacheNodeType")).value_or(1 << 30) >> 20;
  return std::max<std::int64_t>(memory - number(values, "memcached_connections_overhead", 100), 64);
}

/// The last "on" or "off" of an access string counts; without one the user is off (user guide, "Role-based access
/// control").
bool is_on(const std::string& access) {
  bool on = false;
  std::istringstream words(access);
  for (std::string word; words >> word;) on = word == "on" || (on && word != "off");
  return on;
}

Json users_of(RequestContext& context, const Json& user_groups) {
  Json users = Json::array();
  for (const Json& id : user_groups) {
    const auto group = context.resources().find("user-group", id.get<std::string>());
    if (!group) continue;
    for (const Json& member : group->document.at("UserIds")) {
      const storage::Resource user = user_named(context, member);
      const std::string access = text(user.document, "AccessString");
      // Tokens of IAM are not understood by a plain engine: better no way in than an open one.
      const bool iam = user.document.at("Authentication").at("Type") == "iam";
      users.push_back({{"name", user.document.at("UserName")},
                       {"enabled", is_on(access) && !iam},
                       {"passwords_sha256", user.hidden.value("passwords", Json::array())},
                       {"access", access}});
    }
  }
  return users;
}

Json slots_of(const std::string& text) {
  Json slots = Json::array();
  std::istringstream ranges(text);
  for (std::string range; std::getline(ranges, range, ',');) {
    const auto dash = range.find('-');
    const int first = std::stoi(range), last = dash == std::string::npos ? first : std::stoi(range.substr(dash + 1));
    slots.push_back(Json::array({first, last}));
  }
  return slots;
}

/// A node's software and place.
engines::Specification placed(const storage::Resource& cluster, const std::string& node, const char* version_member) {
  const Json& lease = cluster.hidden.at("engines").at(node);
  engines::Specification spec;
  spec.id = lease.at("id");
  spec.software = text(cluster.document, "Engine");
  spec.version = text(cluster.document, version_member);
  spec.host = lease.at("listen").at(0);
  spec.port = lease.at("listen").at(1);
  spec.generation = of_node(cluster, node, "generation", 0);
  spec.restore_from = cluster.hidden.value("restore_from", "");
  spec.settings["names"] = Json::array({lease.at("endpoint").at("Address")});
  return spec;
}

/// What all nodes of a cluster have in common. `owner` is the group, or the cluster itself.
engines::Specification common(RequestContext& context, const storage::Resource& cluster, const storage::Resource& owner,
                              const std::string& node) {
  engines::Specification spec = placed(cluster, node, "EngineVersion");
  Values values = parameters_of(context, cluster, node);
  if (cluster.document.value("TransitEncryptionEnabled", false))
    spec.settings["tls"] = cluster.document.value("TransitEncryptionMode", "required");
  if (spec.software == "memcached") {
    spec.settings["megabytes"] = megabytes(cluster, values);
    spec.settings["parameters"] = values;
    return spec;
  }
  limit_memory(cluster, values);
  spec.settings["secret"] = owner.hidden.at("secret");
  spec.settings["auth_tokens"] = owner.hidden.value("tokens", Json::array());
  spec.settings["parameters"] = values;
  spec.settings["persist"] = true;
  const Json user_groups = owner.document.value("UserGroupIds", Json::array());
  if (!user_groups.empty()) spec.settings["users"] = users_of(context, user_groups);
  return spec;
}

struct Member {
  storage::Resource cluster;
  Json lease;
};

/// The members of each shard that have an engine, its primary first.
std::vector<std::vector<Member>> shards_of(RequestContext& context, const storage::Resource& group) {
  std::vector<std::vector<Member>> shards;
  for (const Json& shard : all_shards(group)) {
    shards.emplace_back();
    for (const Json& member : shard.at("members")) {
      auto cluster = context.resources().find(kCluster, text(member, "id"));
      if (!cluster || !leased_endpoint(*cluster, "0001")) continue;
      Json lease = cluster->hidden.at("engines").at("0001");
      shards.back().push_back({std::move(*cluster), std::move(lease)});
    }
  }
  return shards;
}

/// The group's own endpoints: the first primary answers at them, but for the reader's, which is the first replica's if
/// there is one.
void place_endpoints(const storage::Resource& group, std::vector<engines::Specification>& specs) {
  const Json endpoints = group.hidden.value("endpoints", Json::object());
  for (const auto& [role, lease] : endpoints.items()) {
    engines::Specification& spec = role == "reader" && specs.size() > 1 ? specs[1] : specs[0];
    spec.settings["listen"].push_back(lease.at("listen").at(0));
    for (engines::Specification& each : specs) each.settings["names"].push_back(lease.at("endpoint").at("Address"));
  }
}

}  // namespace

std::vector<engines::Specification> engines_of_group(RequestContext& context, const storage::Resource& group) {
  if (!backed(group)) return {};
  const bool sharded = group.document.at("ClusterEnabled");
  const auto shards = shards_of(context, group);
  const Json layout = all_shards(group);
  Json ids = Json::array(), addresses = Json::object();
  for (const auto& members : shards)
    for (const Member& member : members) {
      ids.push_back(member.lease.at("id"));
      addresses[member.lease.at("id").get<std::string>()] = member.lease.at("listen");
    }
  std::vector<engines::Specification> specs;
  for (std::size_t i = 0; i < shards.size(); ++i)
    for (const Member& member : shards[i]) {
      engines::Specification spec = common(context, member.cluster, group, "0001");
      spec.settings["addresses"] = addresses;
      if (sharded) spec.settings["cluster"] = {{"slots", slots_of(layout.at(i).value("slots", ""))}, {"nodes", ids}};
      if (&member != &shards[i].front())
        (sharded ? spec.settings["cluster"] : spec.settings)["replica_of"] = shards[i].front().lease.at("id");
      specs.push_back(std::move(spec));
    }
  if (!specs.empty()) place_endpoints(group, specs);
  return specs;
}

std::vector<engines::Specification> engines_of_cluster(RequestContext& context, const storage::Resource& cluster) {
  if (!backed(cluster)) return {};
  std::vector<engines::Specification> specs;
  const Json leases = cluster.hidden.value("engines", Json::object());
  for (const auto& [node, lease] : leases.items()) specs.push_back(common(context, cluster, cluster, node));
  return specs;
}

/// AWS's speaks the protocol of a cluster, always with TLS; here it has one shard. Its limits are those of the memory:
/// of processing units there are none to count.
std::optional<engines::Specification> engine_of_serverless(RequestContext& context, const storage::Resource& cache) {
  if (!backed(cache) || !leased_endpoint(cache, "0001")) return std::nullopt;
  engines::Specification spec = placed(cache, "0001", "FullEngineVersion");
  const auto version = choose_version(spec.software, spec.version);
  Values values;
  if (version)
    for (const auto& [name, setting] : parameter_values(context, "default." + std::string(version->family)))
      values[name] = setting.value;
  const Json limit = cache.document.value("CacheUsageLimits", Json::object()).value("DataStorage", Json::object());
  const std::int64_t gigabytes = limit.value("Maximum", std::int64_t{0});
  spec.settings["tls"] = "required";
  if (spec.software == "memcached") {
    spec.settings["megabytes"] = std::max<std::int64_t>(gigabytes, 1) * 1024;
    spec.settings["parameters"] = values;
    return spec;
  }
  if (gigabytes > 0) values["maxmemory"] = std::to_string(gigabytes << 30);
  spec.settings["secret"] = cache.hidden.at("secret");
  spec.settings["auth_tokens"] = Json::array();
  spec.settings["parameters"] = values;
  spec.settings["persist"] = true;
  spec.settings["cluster"] = {{"slots", slots_of("0-16383")}, {"nodes", Json::array({spec.id})}};
  spec.settings["addresses"][spec.id] = Json::array({spec.host, spec.port});
  if (cache.document.contains("UserGroupId"))
    spec.settings["users"] = users_of(context, Json::array({cache.document.at("UserGroupId")}));
  return spec;
}

std::map<std::string, std::string> boot_parameters(RequestContext& context, const storage::Resource& cluster) {
  Values values;
  for (const auto& [name, setting] : parameter_values(context, group_name(cluster.document)))
    if (setting.change == Change::reboot) values[name] = setting.value;
  return values;
}

void want(RequestContext& context, engines::Wanted& wanted) {
  const std::string account = context.account, region = context.region;
  const auto each = [&](std::string_view kind, const auto& take) {
    for (const auto& location : storage::locations(context.tx, "elasticache", kind)) {
      context.account = location.account;
      context.region = location.region;
      if (const auto resource = context.resources().find(kind, location.id)) take(*resource);
    }
  };
  const auto add = [&](std::vector<engines::Specification> specs) {
    for (engines::Specification& spec : specs) wanted.engines.push_back(std::move(spec));
  };
  each(kGroup, [&](const storage::Resource& group) { add(engines_of_group(context, group)); });
  each(kCluster, [&](const storage::Resource& cluster) {
    if (!cluster.document.contains("ReplicationGroupId")) add(engines_of_cluster(context, cluster));
  });
  each(kServerless, [&](const storage::Resource& cache) {
    if (auto spec = engine_of_serverless(context, cache)) wanted.engines.push_back(std::move(*spec));
  });
  for (const std::string_view kind : {kSnapshot, kServerlessSnapshot})
    each(kind, [&](const storage::Resource& snapshot) {
      for (const Json& copy : snapshot.hidden.value("copies", Json::array()))
        wanted.copies.push_back(
            {.id = copy.at("id"), .source = copy.value("source", ""), .from_copy = copy.value("from_copy", "")});
    });
  context.account = account;
  context.region = region;
}

}  // namespace orrery::elasticache
