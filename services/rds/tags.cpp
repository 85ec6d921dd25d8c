#include "services/rds/tags.hpp"

#include "aws/ids.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/names.hpp"

namespace orrery::rds {

namespace {

struct Tagged {
  std::string kind, id;
};

AwsError not_found(const std::string& type, const std::string& id) {
  if (type == "db") return instance_not_found(id);
  if (type == "subgrp") return subnet_group_not_found(id);
  if (type == "cluster") return cluster_not_found(id);
  if (type == "pg" || type == "cluster-pg") return parameter_group_not_found(id);
  return snapshot_not_found(id);
}

/// The resource behind an ARN like "arn:aws:rds:us-east-1:000000000000:db:name".
Tagged resolve(RequestContext& context, const std::string& text) {
  const aws::Arn arn = aws::parse_arn(text);
  const auto colon = arn.resource.find(':');
  if (!arn.valid() || arn.service != "rds" || colon == std::string::npos)
    throw invalid_parameter_value("Invalid resource name: " + text);
  const std::string type = arn.resource.substr(0, colon), id = lower(arn.resource.substr(colon + 1));
  const std::string kind = type == "db"                 ? "db-instance"
                           : type == "subgrp"           ? "db-subnet-group"
                           : type == "pg"               ? "db-parameter-group"
                           : type == "snapshot"         ? "db-snapshot"
                           : type == "cluster"          ? "db-cluster"
                           : type == "cluster-pg"       ? "db-cluster-parameter-group"
                           : type == "cluster-snapshot" ? "db-cluster-snapshot"
                                                        : "";
  if (kind.empty()) throw not_built("Tagging of RDS resources of type '" + type + "'");
  const bool here = arn.account == context.account && arn.region == context.region;
  if (!here || !context.resources().exists(kind, id)) throw not_found(type, id);
  return {kind, id};
}

void check_key(const std::string& key) {
  if (key.empty() || key.size() > 128) throw invalid_parameter_value("Tag keys must have 1 to 128 characters.");
  if (key.starts_with("aws:"))
    throw invalid_parameter_value("Tag keys must not begin with aws:, which is reserved for system use.");
}

}  // namespace

storage::Tags read_tags(const Input& input, std::string_view member) {
  storage::Tags tags;
  for (const Input& tag : input.objects(member)) {
    const std::string key = tag.str("Key"), value = tag.str("Value");
    check_key(key);
    if (value.size() > 256) throw invalid_parameter_value("Tag values must have at most 256 characters.");
    if (!tags.emplace(key, value).second)
      throw invalid_parameter_value("Duplicate tag key found. Please provide unique tag keys: " + key);
  }
  if (tags.size() > 50) throw invalid_parameter_value("A resource can have at most 50 tags.");
  return tags;
}

Json tag_list(const storage::Tags& tags) {
  Json list = Json::array();
  for (const auto& [key, value] : tags) list.push_back({{"Key", key}, {"Value", value}});
  return list;
}

Json list_tags_for_resource(RequestContext& context, const Input& input) {
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  const Tagged target = resolve(context, input.str("ResourceName"));
  return {{"TagList", tag_list(context.resources().tags(target.kind, target.id))}};
}

Json add_tags_to_resource(RequestContext& context, const Input& input) {
  const Tagged target = resolve(context, input.str("ResourceName"));
  context.resources().tag(target.kind, target.id, read_tags(input));
  return Json::object();
}

Json remove_tags_from_resource(RequestContext& context, const Input& input) {
  const Tagged target = resolve(context, input.str("ResourceName"));
  for (const std::string& key : input.strings("TagKeys")) context.resources().untag(target.kind, target.id, key);
  return Json::object();
}

}  // namespace orrery::rds
