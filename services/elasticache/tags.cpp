#include "services/elasticache/tags.hpp"

#include "aws/ids.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/names.hpp"

namespace orrery::elasticache {

namespace {

struct Tagged {
  std::string kind, id;
};

struct Type {
  std::string_view name, kind;
  AwsError (*not_found)(const std::string&);
};

constexpr Type kTypes[] = {{"cluster", "cache-cluster", &cluster_not_found},
                           {"replicationgroup", "replication-group", &replication_group_not_found},
                           {"subnetgroup", "subnet-group", &subnet_group_not_found},
                           {"parametergroup", "parameter-group", &parameter_group_not_found},
                           {"snapshot", "snapshot", &snapshot_not_found},
                           {"serverlesscache", "serverless-cache", &serverless_cache_not_found},
                           {"serverlesscachesnapshot", "serverless-snapshot", &serverless_snapshot_not_found},
                           {"user", "user", &user_not_found},
                           {"usergroup", "user-group", &user_group_not_found}};

/// The resource behind an ARN like "arn:aws:elasticache:us-east-1:000000000000:replicationgroup:name".
Tagged resolve(RequestContext& context, const std::string& arn_text) {
  const aws::Arn arn = aws::parse_arn(arn_text);
  const auto colon = arn.resource.find(':');
  if (!arn.valid() || arn.service != "elasticache" || colon == std::string::npos) throw invalid_arn(arn_text);
  const std::string id = lower(arn.resource.substr(colon + 1));
  for (const Type& type : kTypes) {
    if (arn.resource.substr(0, colon) != type.name) continue;
    const bool here = arn.account == context.account && arn.region == context.region;
    if (!here || !context.resources().exists(type.kind, id)) throw type.not_found(id);
    return {std::string(type.kind), id};
  }
  throw invalid_arn(arn_text);
}

/// A replication group's tags are those of its nodes too (ElastiCache user guide, "Tagging").
std::vector<Tagged> with_members(RequestContext& context, const Tagged& target) {
  std::vector<Tagged> all{target};
  if (target.kind == "replication-group")
    if (const auto group = context.resources().find(target.kind, target.id))
      for (const Json& member : group->document.at("MemberClusters")) all.push_back({"cache-cluster", member});
  return all;
}

Json tag_list(RequestContext& context, const Tagged& target) {
  Json list = Json::array();
  for (const auto& [key, value] : context.resources().tags(target.kind, target.id))
    list.push_back({{"Key", key}, {"Value", value}});
  return {{"TagList", list}};
}

}  // namespace

storage::Tags read_tags(const Input& input) {
  storage::Tags tags;
  for (const Input& tag : input.objects("Tags")) {
    const std::string key = tag.str("Key"), value = tag.str("Value");
    if (key.empty() || key.size() > 128)
      throw invalid_parameter_value("Tag keys must have between 1 and 128 characters.");
    if (value.size() > 256) throw invalid_parameter_value("Tag values must have at most 256 characters.");
    if (key.starts_with("aws:")) throw invalid_parameter_value("Tag keys must not begin with aws:.");
    if (!tags.emplace(key, value).second) throw invalid_parameter_value("Duplicate tag key: " + key);
  }
  if (tags.size() > 50)
    throw AwsError("TagQuotaPerResourceExceeded", 400, "The request would exceed the limit of 50 tags per resource.");
  return tags;
}

Json list_tags_for_resource(RequestContext& context, const Input& input) {
  return tag_list(context, resolve(context, input.str("ResourceName")));
}

Json add_tags_to_resource(RequestContext& context, const Input& input) {
  const Tagged target = resolve(context, input.str("ResourceName"));
  const storage::Tags tags = read_tags(input);
  for (const Tagged& one : with_members(context, target)) context.resources().tag(one.kind, one.id, tags);
  return tag_list(context, target);
}

Json remove_tags_from_resource(RequestContext& context, const Input& input) {
  const Tagged target = resolve(context, input.str("ResourceName"));
  const storage::Tags present = context.resources().tags(target.kind, target.id);
  for (const std::string& key : input.strings("TagKeys")) {
    if (!present.contains(key)) throw AwsError("TagNotFound", 404, "Tag " + key + " not found.");
    for (const Tagged& one : with_members(context, target)) context.resources().untag(one.kind, one.id, key);
  }
  return tag_list(context, target);
}

}  // namespace orrery::elasticache
