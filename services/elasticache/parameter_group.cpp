#include "services/elasticache/parameter_group.hpp"

#include <algorithm>
#include <set>

#include "services/elasticache/backing.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/parameters.hpp"
#include "services/elasticache/tags.hpp"

namespace orrery::elasticache {

namespace {

constexpr std::string_view kKind = "parameter-group";
constexpr std::string_view kDefault = "default.", kClusterOn = ".cluster.on";

bool is_default(const std::string& name) { return name.rfind(kDefault, 0) == 0; }

bool can_shard(std::string_view family) { return !family.starts_with("memcached") && family != "redis2.8"; }

storage::Resource make(RequestContext& context, const std::string& name, const std::string& family,
                       const std::string& description) {
  storage::Resource group{.kind = std::string(kKind), .id = name, .arn = context.arn("parametergroup:" + name)};
  group.document = {{"CacheParameterGroupName", name},
                    {"CacheParameterGroupFamily", family},
                    {"Description", description},
                    {"IsGlobal", false},
                    {"ARN", group.arn}};
  group.hidden = {{"parameters", Json::object()}};
  group.created = context.now;
  return group;
}

/// AWS's own groups exist in every account: "default.redis7", "default.redis7.cluster.on".
std::optional<storage::Resource> default_group(RequestContext& context, const std::string& name) {
  if (!is_default(name)) return std::nullopt;
  std::string family = name.substr(kDefault.size());
  const bool cluster = family.size() > kClusterOn.size() && family.ends_with(kClusterOn);
  if (cluster) family.resize(family.size() - kClusterOn.size());
  if (!known_family(family) || (cluster && !can_shard(family))) return std::nullopt;
  storage::Resource group = make(context, name, family,
                                 cluster ? "Customized default parameter group for " + family + " with cluster mode on"
                                         : "Default parameter group for " + family);
  if (cluster) group.hidden["parameters"]["cluster-enabled"] = "yes";
  return group;
}

std::optional<storage::Resource> find(RequestContext& context, const std::string& name) {
  if (auto group = context.resources().find(kKind, name)) return group;
  return default_group(context, name);
}

storage::Resource own(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("CacheParameterGroupName"));
  auto group = find(context, name);
  if (!group) throw parameter_group_not_found(name);
  if (is_default(name)) throw invalid_parameter_value("Default parameter groups cannot be modified: " + name);
  return std::move(*group);
}

Parameter checked(const storage::Resource& group, const std::string& name) {
  const std::string family = text(group.document, "CacheParameterGroupFamily");
  for (const Parameter& parameter : family_parameters(family)) {
    if (parameter.name != name) continue;
    if (!parameter.modifiable) throw invalid_parameter_value("The parameter " + name + " cannot be modified.");
    return parameter;
  }
  throw invalid_parameter_value("Could not find parameter with name " + name + " in family " + family + ".");
}

Json described(const Parameter& parameter, const Json& set, bool aws_owned) {
  const auto value = set.find(std::string(parameter.name));
  const bool changed = value != set.end();
  Json out{{"ParameterName", parameter.name},
           {"ParameterValue", changed ? *value : Json(parameter.value)},
           {"Source", changed && !aws_owned ? "user" : "system"},
           {"DataType", parameter.type},
           {"IsModifiable", parameter.modifiable},
           {"MinimumEngineVersion", parameter.since},
           {"ChangeType", parameter.change}};
  if (!parameter.allowed.empty()) out["AllowedValues"] = parameter.allowed;
  return out;
}

}  // namespace

std::string group_for(RequestContext& context, const std::string& wanted, const EngineVersion& version,
                      ClusterMode mode) {
  const std::string name = !wanted.empty() ? lower(wanted)
                                           : std::string(kDefault) + std::string(version.family) +
                                                 std::string(mode == ClusterMode::on ? kClusterOn : "");
  const auto group = find(context, name);
  if (!group) throw parameter_group_not_found(name);
  const std::string family = text(group->document, "CacheParameterGroupFamily");
  if (family != version.family)
    throw invalid_parameter_combination("Expected a parameter group of family " + std::string(version.family) +
                                        " but found one of family " + family);
  return name;
}

ClusterMode mode_of(RequestContext& context, const std::string& name) {
  const auto group = find(context, name);
  return group && group->hidden.at("parameters").value("cluster-enabled", "no") == "yes" ? ClusterMode::on
                                                                                         : ClusterMode::off;
}

std::map<std::string, Setting> parameter_values(RequestContext& context, const std::string& name) {
  std::map<std::string, Setting> out;
  const auto group = find(context, name);
  if (!group) return out;
  for (const Parameter& parameter : family_parameters(text(group->document, "CacheParameterGroupFamily")))
    if (!parameter.value.empty())
      out[std::string(parameter.name)] = {std::string(parameter.value),
                                          parameter.change == "immediate" ? Change::immediate : Change::reboot};
  for (const auto& [parameter, value] : group->hidden.at("parameters").items()) {
    const auto known = out.find(parameter);
    out[parameter] = {value, known == out.end() ? Change::immediate : known->second.change};
  }
  return out;
}

Json create_parameter_group(RequestContext& context, const Input& input) {
  const std::string given = input.str("CacheParameterGroupName");
  if (is_default(lower(given)))
    throw invalid_parameter_value("Parameter group names that begin with default. are reserved: " + given);
  std::string plain = given;  // periods are allowed in these names (default groups have them), otherwise as identifiers
  std::replace(plain.begin(), plain.end(), '.', 'x');
  checked_identifier("CacheParameterGroupName", plain, 255);
  const std::string name = lower(given), family = input.str("CacheParameterGroupFamily"),
                    description = input.str("Description");
  if (!known_family(family))
    throw invalid_parameter_value("CacheParameterGroupFamily " + family + " is not a valid parameter group family.");
  if (description.empty())
    throw invalid_parameter_value("The parameter Description must be provided and must not be blank.");
  const storage::Tags tags = read_tags(input);
  if (context.resources().exists(kKind, name)) throw parameter_group_exists(name);
  const storage::Resource group = make(context, name, family, description);
  context.resources().put(group);
  context.resources().tag(kKind, name, tags);
  return {{"CacheParameterGroup", group.document}};
}

Json describe_parameter_groups(RequestContext& context, const Input& input) {
  std::vector<Json> groups;
  if (const std::string name = lower(input.str("CacheParameterGroupName")); !name.empty()) {
    const auto group = find(context, name);
    if (!group) throw parameter_group_not_found(name);
    groups.push_back(group->document);
  } else {
    std::set<std::string_view> families;
    for (const EngineVersion& version : engine_versions()) families.insert(version.family);
    for (const std::string_view family : families)
      for (const std::string_view suffix : {std::string_view(), kClusterOn})
        if (const auto group =
                default_group(context, std::string(kDefault) + std::string(family) + std::string(suffix)))
          groups.push_back(group->document);
    for (const storage::Resource& group : context.resources().list(kKind)) groups.push_back(group.document);
  }
  return page(input, "CacheParameterGroups", std::move(groups), "CacheParameterGroupName");
}

Json delete_parameter_group(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("CacheParameterGroupName"));
  if (is_default(name)) throw invalid_parameter_value("Default parameter groups cannot be deleted: " + name);
  storage::ResourceTable table = context.resources();
  if (!table.exists(kKind, name)) throw parameter_group_not_found(name);
  if (!table.links_to(kKind, name).empty())
    throw invalid_parameter_group_state("One or more cache clusters are still members of this parameter group " + name +
                                        ", so the group cannot be deleted.");
  table.erase(kKind, name);
  return Json::object();
}

Json modify_parameter_group(RequestContext& context, const Input& input) {
  storage::Resource group = own(context, input);
  const std::vector<Input> changes = input.objects("ParameterNameValues");
  if (changes.size() > 20) throw invalid_parameter_value("At most 20 parameters can be modified in one request.");
  for (const Input& change : changes) {
    const std::string name = change.str("ParameterName"), value = change.str("ParameterValue");
    const Parameter parameter = checked(group, name);
    if (!allows(parameter, value))
      throw invalid_parameter_value("The value " + value + " of parameter " + name +
                                    " is invalid. Allowed values are: " + std::string(parameter.allowed));
    if (name == "cluster-enabled" && !context.resources().links_to(kKind, group.id).empty())
      throw invalid_parameter_group_state("cluster-enabled can't be changed while the parameter group is in use.");
    group.hidden["parameters"][name] = value;
  }
  context.resources().put(group);
  poke(context);
  return {{"CacheParameterGroupName", group.id}};
}

Json reset_parameter_group(RequestContext& context, const Input& input) {
  storage::Resource group = own(context, input);
  const std::vector<Input> named = input.objects("ParameterNameValues");
  if (input.flag("ResetAllParameters")) {
    if (!named.empty())
      throw invalid_parameter_combination("ResetAllParameters and ParameterNameValues cannot be used together.");
    group.hidden["parameters"] = Json::object();
  } else if (named.empty()) {
    throw invalid_parameter_combination("Either ResetAllParameters or ParameterNameValues must be specified.");
  }
  for (const Input& parameter : named) {
    const std::string name = parameter.str("ParameterName");
    parameter.acknowledge("ParameterValue", "a reset takes the engine's value");
    checked(group, name);
    group.hidden["parameters"].erase(name);
  }
  context.resources().put(group);
  poke(context);
  return {{"CacheParameterGroupName", group.id}};
}

Json describe_parameters(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("CacheParameterGroupName")), source = input.str("Source");
  const auto group = find(context, name);
  if (!group) throw parameter_group_not_found(name);
  std::vector<Json> parameters;
  for (const Parameter& parameter : family_parameters(text(group->document, "CacheParameterGroupFamily"))) {
    Json item = described(parameter, group->hidden.at("parameters"), is_default(name));
    if (source.empty() || item.at("Source") == source) parameters.push_back(std::move(item));
  }
  Json answer = page(input, "Parameters", std::move(parameters), "ParameterName");
  answer["CacheNodeTypeSpecificParameters"] = Json::array();
  return answer;
}

}  // namespace orrery::elasticache
