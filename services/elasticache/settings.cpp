#include "services/elasticache/settings.hpp"

#include <algorithm>

#include "registry/findings.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/subnet_group.hpp"
#include "services/elasticache/windows.hpp"

namespace orrery::elasticache {

namespace {

constexpr Rule kWithdrawn{"elasticache-engine-version-withdrawn", kVersionCalendar};

bool burstable(const std::string& type) { return type.starts_with("cache.t1."); }

}  // namespace

void check_range(std::string_view parameter, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least || value > most)
    throw invalid_parameter_value("Invalid value " + std::to_string(value) + " for " + std::string(parameter) +
                                  ". Must be between " + std::to_string(least) + " and " + std::to_string(most) + ".");
}

EngineVersion settle_engine(RequestContext& context, const Input& input, Json& document, const std::string& arn) {
  const std::string before = document.value("Engine", "");
  const std::string engine = lower(input.str("Engine", before.empty() ? "redis" : before));
  if (!known_engine(engine))
    throw invalid_parameter_value("Invalid engine: " + engine + ". Valid engines are memcached, redis and valkey.");
  if (!before.empty() && engine != before && !(before == "redis" && engine == "valkey"))
    throw invalid_parameter_combination("The engine can't be changed from " + before + " to " + engine + ".");
  const std::string wanted = input.str("EngineVersion", engine == before ? text(document, "EngineVersion") : "");
  const auto version = choose_version(engine, wanted);
  const AwsError refusal = invalid_parameter_combination("Cannot find version " + wanted + " for " + engine);
  if (!version) throw refusal;
  if (engine == before && older(version->actual, text(document, "EngineVersion")) && engine != "memcached")
    throw invalid_parameter_combination("The engine version can't be lowered from " + text(document, "EngineVersion") +
                                        " to " + wanted + ".");
  if (withdrawn(*version, context.now))
    would_refuse(context, kWithdrawn, arn,
                 context.settings.strictness == Strictness::strict
                     ? refusal
                     : invalid_parameter_combination(refusal.message() + " (not offered since " +
                                                     std::string(version->withdrawn) + ")"));
  else
    settle(context, kWithdrawn, arn);
  document["Engine"] = engine;
  document["EngineVersion"] = version->actual;
  document["AutoMinorVersionUpgrade"] =
      input.flag("AutoMinorVersionUpgrade", document.value("AutoMinorVersionUpgrade", true));
  return *version;
}

void settle_parameter_group(RequestContext& context, const Input& input, const EngineVersion& version, ClusterMode mode,
                            Json& document) {
  std::string wanted = input.str("CacheParameterGroupName");
  if (wanted.empty() && document.contains("CacheParameterGroup")) {
    wanted = text(document.at("CacheParameterGroup"), "CacheParameterGroupName");
    // An upgrade to another family takes the default groups along and leaves one's own to the caller.
    if (wanted.starts_with("default.")) wanted.clear();
  }
  document["CacheParameterGroup"] = {{"CacheParameterGroupName", group_for(context, wanted, version, mode)},
                                     {"ParameterApplyStatus", "in-sync"},
                                     {"CacheNodeIdsToReboot", Json::array()}};
}

void settle_node_type(const Input& input, Json& document) {
  const std::string type = input.str("CacheNodeType", document.value("CacheNodeType", ""));
  if (type.empty())
    throw invalid_parameter_value("The parameter CacheNodeType must be provided and must not be blank.");
  const auto dot = type.find('.', 6);
  bool valid = type.starts_with("cache.") && dot != std::string::npos && dot > 6;
  if (valid) {
    const std::string size = type.substr(dot + 1);
    static constexpr std::string_view kSizes[] = {"micro", "small", "medium", "large", "xlarge"};
    const auto digits = size.find_first_not_of("0123456789");
    valid = std::find(std::begin(kSizes), std::end(kSizes), size) != std::end(kSizes) ||
            (digits > 0 && digits != std::string::npos && size.substr(digits) == "xlarge");
  }
  if (!valid) throw invalid_parameter_value("Invalid cache node type: " + type);
  document["CacheNodeType"] = type;
}

void settle_schedule(const Input& input, const std::string& seed, Json& document) {
  const bool memcached = document.at("Engine") == "memcached";
  const std::string window = input.str("SnapshotWindow");
  const auto limit = input.find_integer("SnapshotRetentionLimit");
  if (memcached && (!window.empty() || limit.value_or(0) > 0))
    throw invalid_parameter_combination("Snapshots are not supported for engine memcached.");
  if (limit) check_range("SnapshotRetentionLimit", *limit, 0, 35);
  if (limit.value_or(0) > 0 && burstable(text(document, "CacheNodeType")))
    throw invalid_parameter_combination("Snapshots are not supported for node type " + text(document, "CacheNodeType") +
                                        ".");
  const Windows windows =
      settle_windows(window.empty() ? document.value("SnapshotWindow", "") : window,
                     input.str("PreferredMaintenanceWindow", document.value("PreferredMaintenanceWindow", "")), seed);
  document["PreferredMaintenanceWindow"] = windows.maintenance;
  if (memcached) return;
  document["SnapshotWindow"] = windows.snapshot;
  document["SnapshotRetentionLimit"] = limit.value_or(document.value("SnapshotRetentionLimit", std::int64_t{0}));
}

Json settle_network(RequestContext& context, const Input& input, Json& document) {
  const Json group =
      subnet_group_for(context, input.str("CacheSubnetGroupName", document.value("CacheSubnetGroupName", "")));
  const std::string vpc_id = text(group, "VpcId");
  document["CacheSubnetGroupName"] = group.at("CacheSubnetGroupName");
  document["CacheSecurityGroups"] = Json::array();
  if (!input.strings("CacheSecurityGroupNames").empty())
    throw invalid_parameter_value(
        "Use of cache security groups is not permitted in this API version for your account.");
  for (const char* member : {"NetworkType", "IpDiscovery"}) {
    document[member] = input.str(member, document.value(member, "ipv4"));
    if (document.at(member) != "ipv4")
      throw invalid_parameter_combination("The network type " + text(document, member) +
                                          " is not supported by the subnets of the cache subnet group.");
  }
  std::vector<std::string> ids = input.strings("SecurityGroupIds");
  if (ids.empty() && document.contains("SecurityGroups")) return group;
  if (ids.empty())
    if (const auto fallback = context.peers.ec2->default_security_group(context, vpc_id)) ids.push_back(fallback->id);
  document["SecurityGroups"] = Json::array();
  for (const std::string& id : ids) {
    const auto found = context.peers.ec2->security_group(context, id);
    if (!found || found->vpc_id != vpc_id)
      throw invalid_parameter_value(
          "Some security groups are either not found, not owned by you, or are in a different VPC: " + id);
    document["SecurityGroups"].push_back({{"SecurityGroupId", id}, {"Status", "active"}});
  }
  return group;
}

void settle_notifications(const Input& input, Json& document) {
  const std::string status = input.str("NotificationTopicStatus");
  if (const auto topic = input.find_str("NotificationTopicArn"); topic && !topic->empty()) {
    if (topic->rfind("arn:aws:sns:", 0) != 0)
      throw invalid_parameter_value("Invalid notification topic ARN: " + *topic);
    document["NotificationConfiguration"] = {{"TopicArn", *topic}, {"TopicStatus", "active"}};
  }
  if (status.empty()) return;
  if (status != "active" && status != "inactive")
    throw invalid_parameter_value("Invalid NotificationTopicStatus: " + status +
                                  ". Valid values are active and inactive.");
  if (document.contains("NotificationConfiguration")) document["NotificationConfiguration"]["TopicStatus"] = status;
}

void settle_logs(const Input& input, Json& document) {
  Json logs = document.value("LogDeliveryConfigurations", Json::array());
  for (const Input& wanted : input.objects("LogDeliveryConfigurations")) {
    const std::string type = wanted.str("LogType"), destination = wanted.str("DestinationType"),
                      format = wanted.str("LogFormat");
    const Json details = wanted.json("DestinationDetails");
    std::erase_if(logs.get_ref<Json::array_t&>(), [&](const Json& log) { return log.at("LogType") == type; });
    if (!wanted.flag("Enabled", true)) continue;
    if (text(document, "Engine") == "memcached")
      throw invalid_parameter_combination("Log delivery is not supported for engine memcached.");
    if (older(text(document, "EngineVersion"), type == "engine-log" ? "6.2" : "6.0"))
      throw invalid_parameter_combination("Log delivery of " + type + " is not supported for engine version " +
                                          text(document, "EngineVersion") + ".");
    const char* member = destination == "cloudwatch-logs" ? "CloudWatchLogsDetails" : "KinesisFirehoseDetails";
    if (type.empty() || destination.empty() || format.empty() || !details.is_object() || !details.contains(member))
      throw invalid_parameter_combination(
          "LogType, DestinationType, DestinationDetails and LogFormat must be provided and agree for each log delivery "
          "configuration.");
    logs.push_back({{"LogType", type},
                    {"DestinationType", destination},
                    {"DestinationDetails", {{member, details.at(member)}}},
                    {"LogFormat", format},
                    {"Status", "active"}});
  }
  document["LogDeliveryConfigurations"] = logs;
}

void settle_token(RequestContext& context, const Input& input, Json& document, Json& hidden) {
  const std::string token = input.str("AuthToken"), strategy = input.str("AuthTokenUpdateStrategy", "ROTATE");
  if (!document.contains("AuthTokenEnabled")) document["AuthTokenEnabled"] = false;
  if (strategy == "DELETE") {
    if (!token.empty())
      throw invalid_parameter_combination("AuthToken can't be specified with AuthTokenUpdateStrategy DELETE.");
    document["AuthTokenEnabled"] = false;
    document.erase("AuthTokenLastModifiedDate");
    hidden.erase("tokens");
    return;
  }
  if (token.empty()) return;
  if (!document.value("TransitEncryptionEnabled", false))
    throw invalid_parameter_combination("The AUTH token is only supported when encryption-in-transit is enabled");
  // 16 to 128 printable characters; of the special ones only these (ElastiCache user guide, "Authenticating with
  // AUTH").
  const bool plain = std::all_of(token.begin(), token.end(), [](unsigned char c) {
    return std::isalnum(c) || std::string_view("!&#$^<>-").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (token.size() < 16 || token.size() > 128 || !plain)
    throw invalid_parameter_value(
        "Invalid AuthToken provided. AUTH tokens must have 16 to 128 alphanumeric characters or symbols (excluding any "
        "but !, &, #, $, ^, <, >, -).");
  Json& tokens = hidden["tokens"];
  // Rotation keeps the old token valid beside the new one until the new one is set.
  if (strategy == "ROTATE" && tokens.is_array() && !tokens.empty())
    tokens = Json::array({token, tokens.at(0)});
  else
    tokens = Json::array({token});
  document["AuthTokenEnabled"] = true;
  document["AuthTokenLastModifiedDate"] = context.timestamp();
}

std::vector<std::string> zones_of(const Json& subnet_group) {
  std::vector<std::string> zones;
  for (const Json& subnet : subnet_group.at("Subnets")) {
    const std::string zone = text(subnet.at("SubnetAvailabilityZone"), "Name");
    if (std::find(zones.begin(), zones.end(), zone) == zones.end()) zones.push_back(zone);
  }
  std::sort(zones.begin(), zones.end());
  return zones;
}

void settle_all(RequestContext& context, const std::string& arn) { settle(context, kWithdrawn, arn); }

}  // namespace orrery::elasticache
