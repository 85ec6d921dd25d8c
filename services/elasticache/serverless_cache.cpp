#include <algorithm>
#include <set>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/endpoints.hpp"
#include "services/elasticache/engines.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/nodes.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/serverless.hpp"
#include "services/elasticache/settings.hpp"
#include "services/elasticache/tags.hpp"
#include "services/elasticache/windows.hpp"

namespace orrery::elasticache {

namespace {

constexpr std::size_t kMostCaches = 40;  // of a region, unless AWS was asked for more (user guide, "Quotas")

/// The newest version with this major number ("7", or "1.6" of memcached) that a serverless cache can have.
EngineVersion version_of(const std::string& engine, const std::string& major) {
  const bool memcached = engine == "memcached";
  std::optional<EngineVersion> found;
  for (const EngineVersion& version : engine_versions()) {
    const std::string_view own = version.actual.substr(0, version.actual.find('.', memcached ? 2 : 0));
    const bool old = older(version.actual, memcached ? "1.6" : "7");
    if (version.engine == engine && !old && (major.empty() || own == major)) found = version;
  }
  if (!found)
    throw invalid_parameter_value("The major engine version " + major + " is not supported for the engine " + engine +
                                  " by serverless caches.");
  return *found;
}

void settle_version(const Input& input, Json& document) {
  const std::string before = document.value("Engine", ""), engine = lower(input.str("Engine", before));
  if (engine != "redis" && engine != "valkey" && engine != "memcached")
    throw invalid_parameter_value("Invalid engine: " + engine + ". Valid engines are memcached, redis and valkey.");
  if (!before.empty() && engine != before && (before != "redis" || engine != "valkey"))
    throw invalid_parameter_combination("The engine can't be changed from " + before + " to " + engine + ".");
  const std::string kept = engine == before ? document.value("MajorEngineVersion", "") : "";
  const EngineVersion version = version_of(engine, input.str("MajorEngineVersion", kept));
  const bool memcached = engine == "memcached";
  const std::string major(version.actual.substr(0, version.actual.find('.', memcached ? 2 : 0)));
  if (!kept.empty() && older(major, kept))
    throw invalid_parameter_combination("The engine version can't be lowered from " + kept + " to " + major + ".");
  if (engine == before && major == kept) return;  // the minor version stays what it was
  document["Engine"] = engine;
  document["MajorEngineVersion"] = major;
  document["FullEngineVersion"] = version.offered;
}

void settle_description(const Input& input, Json& document) {
  const std::string text = input.str("Description", document.value("Description", ""));
  if (text.size() > 255) throw invalid_parameter_value("The description must have at most 255 characters.");
  document["Description"] = text;
}

void check_limit(const char* name, const Json& limit, std::int64_t most_of_all, std::int64_t least_of_all) {
  const auto least = limit.value("Minimum", least_of_all), most = limit.value("Maximum", most_of_all);
  check_range(std::string(name) + ".Minimum", least, least_of_all, most_of_all);
  check_range(std::string(name) + ".Maximum", most, least_of_all, most_of_all);
  if (least > most)
    throw invalid_parameter_value("The minimum of " + std::string(name) + " must not be above its maximum.");
}

/// User guide, "Scaling ElastiCache Serverless": 1 to 5000 GB, 1000 to 15 million units a second.
void settle_limits(const Input& input, Json& document) {
  const Json& wanted = input.json("CacheUsageLimits");
  if (!wanted.is_object()) return;
  Json limits = document.value("CacheUsageLimits", Json::object());
  for (const char* kind : {"DataStorage", "ECPUPerSecond"})
    if (wanted.contains(kind) && wanted.at(kind).is_object()) limits[kind] = wanted.at(kind);
  check_limit("DataStorage", limits.value("DataStorage", Json::object()), 5000, 1);
  check_limit("ECPUPerSecond", limits.value("ECPUPerSecond", Json::object()), 15'000'000, 1000);
  if (!limits.empty()) document["CacheUsageLimits"] = limits;
}

void settle_backups(const Input& input, const std::string& name, Json& document) {
  const std::int64_t days = input.integer("SnapshotRetentionLimit", document.value("SnapshotRetentionLimit", 0));
  check_range("SnapshotRetentionLimit", days, 0, 35);
  document["SnapshotRetentionLimit"] = days;
  std::string time = input.str("DailySnapshotTime", document.value("DailySnapshotTime", ""));
  if (time.empty()) time = settle_windows("", "", name).snapshot.substr(0, 5);
  const auto digits = [&](std::size_t at) {
    return time.substr(at, 2).find_first_not_of("0123456789") == std::string::npos;
  };
  if (time.size() != 5 || time[2] != ':' || !digits(0) || !digits(3) || time.substr(0, 2) > "23" ||
      time.substr(3) > "59")
    throw invalid_parameter_value("Invalid daily snapshot time: " + time +
                                  ". Should be specified as hh24:mi (24H Clock UTC).");
  document["DailySnapshotTime"] = time;
}

/// A subnet of each zone of the default VPC: three, in us-west-1 two (API reference, ServerlessCache).
std::vector<std::string> default_subnets(RequestContext& context) {
  const auto vpc = context.peers.ec2->default_vpc(context);
  std::vector<std::string> ids;
  std::set<std::string> zones;
  for (const SubnetInfo& subnet : vpc ? context.peers.ec2->subnets_of_vpc(context, vpc->id) : std::vector<SubnetInfo>{})
    if (ids.size() < (context.region == "us-west-1" ? 2U : 3U) && zones.insert(subnet.availability_zone).second)
      ids.push_back(subnet.id);
  if (ids.empty()) throw invalid_parameter_value("No default VPC with subnets was found. Specify SubnetIds.");
  return ids;
}

/// Returns the VPC.
std::string settle_subnets(RequestContext& context, const Input& input, Json& document) {
  std::vector<std::string> ids = input.strings("SubnetIds");
  if (ids.empty()) ids = default_subnets(context);
  std::string vpc;
  for (const std::string& id : ids) {
    const auto subnet = context.peers.ec2->subnet(context, id);
    if (!subnet) throw invalid_parameter_value("The subnet " + id + " does not exist.");
    if (!vpc.empty() && vpc != subnet->vpc_id)
      throw invalid_parameter_combination("The subnets of a serverless cache must all be in the same VPC.");
    vpc = subnet->vpc_id;
  }
  document["SubnetIds"] = ids;
  document["NetworkType"] = input.str("NetworkType", "ipv4");
  if (document.at("NetworkType") != "ipv4")
    throw invalid_parameter_combination("The network type " + text(document, "NetworkType") +
                                        " is not supported by the subnets.");
  return vpc;
}

void settle_security_groups(RequestContext& context, const Input& input, const std::string& vpc, Json& document) {
  std::vector<std::string> ids = input.strings("SecurityGroupIds");
  if (ids.empty() && document.contains("SecurityGroupIds")) return;
  if (ids.empty())
    if (const auto fallback = context.peers.ec2->default_security_group(context, vpc)) ids.push_back(fallback->id);
  for (const std::string& id : ids) {
    const auto found = context.peers.ec2->security_group(context, id);
    if (!found || found->vpc_id != vpc)
      throw invalid_parameter_value(
          "Some security groups are either not found, not owned by you, or are in a different VPC: " + id);
  }
  document["SecurityGroupIds"] = ids;
}

void settle_user_group(RequestContext& context, const Input& input, Json& document) {
  const std::string id = lower(input.str("UserGroupId"));
  if (input.flag("RemoveUserGroup")) {
    if (!id.empty()) throw invalid_parameter_combination("RemoveUserGroup and UserGroupId cannot be used together.");
    document.erase("UserGroupId");
  }
  if (id.empty()) return;
  const std::string engine = text(document, "Engine");
  if (engine == "memcached") throw invalid_parameter_combination("User groups are not supported for engine memcached.");
  const auto group = context.resources().find("user-group", id);
  if (!group) throw user_group_not_found(id);
  if (engine == "redis" && group->document.at("Engine") == "valkey")
    throw invalid_parameter_combination("The user group " + id + " of engine valkey can't be used with engine redis.");
  document["UserGroupId"] = id;
}

/// The interfaces of its VPC endpoint.
void attach(RequestContext& context, storage::Resource& cache) {
  detach(context, cache);
  NetworkInterfaceRequest wanted{.subnet_id = {},
                                 .security_group_ids = cache.document.at("SecurityGroupIds"),
                                 .description = "ElastiCache " + cache.id,
                                 .interface_type = "interface",
                                 .requester_id = "amazon-elasticache"};
  Json interfaces = Json::array();
  for (const Json& subnet : cache.document.at("SubnetIds")) {
    wanted.subnet_id = subnet;
    interfaces.push_back(context.peers.ec2->create_network_interface(context, wanted).id);
  }
  cache.hidden["interfaces"] = interfaces;
}

/// A port for writers and one for readers on AWS. One Redis answers at one port with TLS, so that an engine's is both.
void settle_endpoints(RequestContext& context, storage::Resource& cache) {
  const bool memcached = cache.document.at("Engine") == "memcached";
  const std::int64_t port = memcached ? 11211 : 6379;
  const bool runs = backed(cache);
  const Json endpoint = runs ? lease_node(context, cache, "0001", port)
                             : Json{{"Address", serverless_address(context, cache.id)}, {"Port", port}};
  cache.document["Endpoint"] = endpoint;
  if (memcached) return;
  cache.document["ReaderEndpoint"] = endpoint;
  if (!runs) cache.document["ReaderEndpoint"]["Port"] = port + 1;
}

void begin_with(RequestContext& context, const Input& input, storage::Resource& cache) {
  const std::vector<std::string> arns = input.strings("SnapshotArnsToRestore");
  if (arns.empty()) return;
  if (arns.size() > 1) throw invalid_parameter_value("Only one snapshot can be restored.");
  const storage::Resource seed = seed_by_arn(context, arns.front());
  const std::string engine = text(cache.document, "Engine"), from = text(seed.document, "Engine");
  if (engine != from && (from != "redis" || engine != "valkey"))
    throw invalid_parameter_combination("A snapshot of engine " + from + " can't be restored to engine " + engine +
                                        ".");
  if (older(text(cache.document, "FullEngineVersion"), text(seed.document, "EngineVersion").substr(0, 3)))
    throw invalid_parameter_combination("A snapshot of version " + text(seed.document, "EngineVersion") +
                                        " can't be restored to version " + text(cache.document, "FullEngineVersion") +
                                        ".");
  const Json copies = seed.hidden.value("copies", Json::array());
  if (!copies.empty()) cache.hidden["restore_from"] = copies.at(0).at("id");
}

void link_user_group(RequestContext& context, const storage::Resource& cache) {
  context.resources().unlink(kServerless, cache.id, "user-group");
  if (cache.document.contains("UserGroupId"))
    context.resources().link(kServerless, cache.id, "user-group",
                             {"elasticache", "user-group", text(cache.document, "UserGroupId")});
}

Json cache_shown(RequestContext& context, const storage::Resource& cache) {
  Json document = cache.document;
  Lives(context).show_serverless(cache, document);
  return document;
}

/// Whether AWS counts them as one: "Serverless Cache modifications only support modifying one field per request".
int changed_fields(const Json& before, const Json& after) {
  int count =
      before.at("Engine") != after.at("Engine") || before.at("MajorEngineVersion") != after.at("MajorEngineVersion");
  for (const char* field : {"Description", "CacheUsageLimits", "UserGroupId", "SecurityGroupIds",
                            "SnapshotRetentionLimit", "DailySnapshotTime"})
    count += before.value(field, Json()) != after.value(field, Json());
  return count;
}

}  // namespace

storage::Resource serverless_named(RequestContext& context, const std::string& name) {
  auto cache = context.resources().find(kServerless, lower(name));
  if (!cache) throw serverless_cache_not_found(name);
  return std::move(*cache);
}

void check_settled(RequestContext& context, const storage::Resource& cache) {
  if (Lives(context).changing_serverless(cache))
    throw AwsError("InvalidServerlessCacheStateFault", 400,
                   "Serverless cache " + cache.id + " is not in available state.");
}

std::string checked_key(RequestContext& context, const std::string& key) {
  if (key.empty()) return "";
  const auto found = context.peers.kms->key(context, key);
  if (!found || found->state != "Enabled")
    throw invalid_parameter_value("The KMS key " + key +
                                  " does not exist, is not enabled or you do not have permissions to access it.");
  return found->arn;
}

Json create_serverless_cache(RequestContext& context, const Input& input) {
  const std::string name = checked_identifier("ServerlessCacheName", input.str("ServerlessCacheName"), 40);
  if (context.resources().exists(kServerless, name))
    throw AwsError("ServerlessCacheAlreadyExistsFault", 400, "Serverless cache " + name + " already exists.");
  if (context.resources().list(kServerless).size() >= kMostCaches)
    throw AwsError("ServerlessCacheQuotaForCustomerExceededFault", 400,
                   "The request cannot be processed because it would exceed the quota of " +
                       std::to_string(kMostCaches) + " serverless caches.");
  const storage::Tags tags = read_tags(input);
  storage::Resource cache{.kind = std::string(kServerless), .id = name, .arn = context.arn("serverlesscache:" + name)};
  cache.created = context.now;
  Json& document = cache.document;
  document = {
      {"ServerlessCacheName", name}, {"ARN", cache.arn}, {"Status", "available"}, {"CreateTime", context.timestamp()}};
  settle_version(input, document);
  settle_description(input, document);
  settle_limits(input, document);
  settle_backups(input, name, document);
  settle_security_groups(context, input, settle_subnets(context, input, document), document);
  settle_user_group(context, input, document);
  if (const std::string key = checked_key(context, input.str("KmsKeyId")); !key.empty()) document["KmsKeyId"] = key;
  begin_with(context, input, cache);
  back(context, text(document, "Engine"), cache);
  settle_endpoints(context, cache);
  attach(context, cache);
  context.resources().put(cache);
  context.resources().tag(kServerless, name, tags);
  link_user_group(context, cache);
  poke(context);
  return {{"ServerlessCache", cache_shown(context, cache)}};
}

Json describe_serverless_caches(RequestContext& context, const Input& input) {
  std::vector<Json> caches;
  if (const std::string name = input.str("ServerlessCacheName"); !name.empty())
    caches.push_back(cache_shown(context, serverless_named(context, name)));
  else
    for (const storage::Resource& cache : context.resources().list(kServerless))
      caches.push_back(cache_shown(context, cache));
  return token_page(input, "ServerlessCaches", std::move(caches), "ServerlessCacheName");
}

Json modify_serverless_cache(RequestContext& context, const Input& input) {
  storage::Resource cache = serverless_named(context, input.str("ServerlessCacheName"));
  check_settled(context, cache);
  const Json before = cache.document;
  Json& document = cache.document;
  settle_version(input, document);
  settle_description(input, document);
  settle_limits(input, document);
  settle_backups(input, cache.id, document);
  settle_user_group(context, input, document);
  const auto subnet = context.peers.ec2->subnet(context, document.at("SubnetIds").at(0));
  settle_security_groups(context, input, subnet ? subnet->vpc_id : "", document);
  if (changed_fields(before, document) > 1)
    throw invalid_parameter_combination("Serverless Cache modifications only support modifying one field per request.");
  if (before.at("SecurityGroupIds") != document.at("SecurityGroupIds")) attach(context, cache);
  context.resources().put(cache);
  link_user_group(context, cache);
  poke(context);
  return {{"ServerlessCache", cache_shown(context, cache)}};
}

Json delete_serverless_cache(RequestContext& context, const Input& input) {
  storage::Resource cache = serverless_named(context, input.str("ServerlessCacheName"));
  if (const std::string snapshot = input.str("FinalSnapshotName"); !snapshot.empty())
    take_serverless_snapshot(context, cache, snapshot);
  Json out = cache.document;
  out["Status"] = "deleting";
  detach(context, cache);
  release(context, cache);
  context.resources().erase(kServerless, cache.id);
  settle_engines(context, cache.arn);
  poke(context);
  return {{"ServerlessCache", out}};
}

}  // namespace orrery::elasticache
