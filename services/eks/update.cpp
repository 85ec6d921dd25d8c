#include "aws/ids.hpp"
#include "registry/pagination.hpp"
#include "services/eks/errors.hpp"
#include "services/eks/operations.hpp"
#include "services/eks/versions.hpp"

namespace orrery::eks {

Json record_update(RequestContext& context, const std::string& cluster, const std::string& node_group,
                   const std::string& type, const Json& params) {
  const std::string id = aws::uuid();
  const Json update = {{"id", id},         {"status", "Successful"},           {"type", type},
                       {"params", params}, {"createdAt", context.timestamp()}, {"errors", Json::array()}};
  context.resources().put({"update", id, "", update, {{"cluster", cluster}, {"nodegroup", node_group}}, context.now});
  return update;
}

Json describe_update(RequestContext& context, const Input& input) {
  input.acknowledge("capabilityName", "capabilities are not offered, so that no update is of one");
  const std::string cluster = input.str("name"), id = input.str("updateId");
  find_cluster(context, cluster);
  const auto update = context.resources().find("update", id);
  if (!update || update->hidden.at("cluster") != cluster ||
      update->hidden.at("nodegroup") != input.str("nodegroupName") || input.has("addonName"))
    throw errors::not_found("No update found for ID: " + id).with("clusterName", cluster);
  input.acknowledge("addonName", "no update is of an add-on");
  return {{"update", update->document}};
}

Json list_updates(RequestContext& context, const Input& input) {
  input.acknowledge("addonName", "no update is of an add-on");
  input.acknowledge("capabilityName", "no update is of a capability");
  const std::string cluster = input.str("name"), node_group = input.str("nodegroupName");
  find_cluster(context, cluster);
  std::vector<std::string> ids;
  for (const auto& update : context.resources().list("update")) {
    if (update.hidden.at("cluster") == cluster && update.hidden.at("nodegroup") == node_group) ids.push_back(update.id);
  }
  const auto next = paginate(ids, static_cast<std::size_t>(input.integer("maxResults", 100)),
                             input.find_str("nextToken"), std::identity(), errors::invalid_parameter("Invalid token"));
  Json out = {{"updateIds", ids}};
  if (next) out["nextToken"] = *next;
  return out;
}

namespace {

storage::Location locate(RequestContext& context, const std::string& arn) {
  const auto found = storage::find_by_arn(context.tx, arn);
  if (!found || found->service != "eks" || found->account != context.account) {
    // TagResource and its kind answer 404 as NotFoundException, unlike the rest of the service (EKS API model).
    throw AwsError("NotFoundException", 404, "The specified resource could not be found: " + arn);
  }
  return *found;
}

}  // namespace

Json tag_resource(RequestContext& context, const Input& input) {
  const auto at = locate(context, input.str("resourceArn"));
  context.resources("eks", at.region).tag(at.kind, at.id, input.string_map("tags"));
  return Json::object();
}

Json untag_resource(RequestContext& context, const Input& input) {
  const auto at = locate(context, input.str("resourceArn"));
  for (const std::string& key : input.strings("tagKeys"))
    context.resources("eks", at.region).untag(at.kind, at.id, key);
  return Json::object();
}

Json list_tags_for_resource(RequestContext& context, const Input& input) {
  const auto at = locate(context, input.str("resourceArn"));
  return {{"tags", context.resources("eks", at.region).tags(at.kind, at.id)}};
}

Json describe_cluster_versions(RequestContext& context, const Input& input) {
  const auto wanted = input.strings("clusterVersions");
  const bool only_default = input.flag("defaultOnly"), all = input.flag("includeAll");
  const std::string type = input.str("clusterType", "eks"), status = input.str("versionStatus", input.str("status"));
  std::vector<Json> found;
  for (const Version& version : versions()) {
    aws::Millis released = 0, standard = 0, extended = 0;
    aws::parse_timestamp(std::string(version.released), released);
    aws::parse_timestamp(std::string(version.standard_until), standard);
    aws::parse_timestamp(std::string(version.extended_until), extended);
    const bool out = out_of_support(version, context.now), is_default = &default_version(context.now) == &version;
    const std::string state = out ? "UNSUPPORTED" : standard > context.now ? "STANDARD_SUPPORT" : "EXTENDED_SUPPORT";
    std::string lower = state;
    std::replace(lower.begin(), lower.end(), '_', '-');
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool named = std::find(wanted.begin(), wanted.end(), version.name) != wanted.end();
    if ((!wanted.empty() && !named) || (only_default && !is_default) || (out && !all && !named)) continue;
    if (!status.empty() && status != state && status != lower) continue;
    found.push_back({{"clusterVersion", version.name},
                     {"clusterType", type},
                     {"defaultVersion", is_default},
                     {"releaseDate", aws::seconds(released)},
                     {"endOfStandardSupportDate", aws::seconds(standard)},
                     {"endOfExtendedSupportDate", aws::seconds(extended)},
                     {"status", lower},
                     {"versionStatus", state}});
  }
  const auto next = paginate(
      found, static_cast<std::size_t>(input.integer("maxResults", 100)), input.find_str("nextToken"),
      [](const Json& entry) { return entry.at("clusterVersion").get<std::string>(); },
      errors::invalid_parameter("Invalid token"));
  Json out = {{"clusterVersions", found}};
  if (next) out["nextToken"] = *next;
  return out;
}

}  // namespace orrery::eks
