#include "services/rds/parameter_group.hpp"

#include "services/rds/errors.hpp"
#include "services/rds/force.hpp"
#include "services/rds/formulas.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"
#include "services/rds/parameters.hpp"
#include "services/rds/tags.hpp"

namespace orrery::rds {

namespace {

constexpr std::string_view kDefault = "default.";

/// Groups of instances and groups of clusters are the same but for their names.
struct Flavor {
  std::string_view kind, arn_prefix;
  const char* name;      ///< the member that names a group
  const char* document;  ///< and the one that describes it
  const char* arn;
  std::string_view title;
};
constexpr Flavor kOfInstances{kParameterGroup,        "pg:",
                              "DBParameterGroupName", "DBParameterGroup",
                              "DBParameterGroupArn",  "Default parameter group for "};
constexpr Flavor kOfClusters{kClusterParameterGroup,        "cluster-pg:",
                             "DBClusterParameterGroupName", "DBClusterParameterGroup",
                             "DBClusterParameterGroupArn",  "Default cluster parameter group for "};

bool is_default(const std::string& name) { return name.rfind(kDefault, 0) == 0; }

storage::Resource make(RequestContext& context, const Flavor& flavor, const std::string& name,
                       const std::string& family, const std::string& description) {
  storage::Resource group{
      .kind = std::string(flavor.kind), .id = name, .arn = context.arn(std::string(flavor.arn_prefix) + name)};
  group.document = {
      {flavor.name, name}, {"DBParameterGroupFamily", family}, {"Description", description}, {flavor.arn, group.arn}};
  group.hidden = {{"parameters", Json::object()}};
  group.created = context.now;
  return group;
}

std::optional<storage::Resource> find(RequestContext& context, const Flavor& flavor, const std::string& name) {
  if (auto group = context.resources().find(flavor.kind, name)) return group;
  if (!is_default(name)) return std::nullopt;
  const std::string family = name.substr(kDefault.size());
  const auto known = find_family(family);
  if (!known || (&flavor == &kOfClusters && known->engine->name != kAuroraPostgres)) return std::nullopt;
  return make(context, flavor, name, family, std::string(flavor.title) + family);
}

storage::Resource own(RequestContext& context, const Flavor& flavor, const Input& input) {
  const std::string name = lower(input.str(flavor.name));
  auto group = find(context, flavor, name);
  if (!group) throw parameter_group_not_found(name);
  if (is_default(name)) throw invalid_parameter_value("Cannot modify a default parameter group.");
  return std::move(*group);
}

Json described(const Parameter& parameter) {
  Json out{{"ParameterName", parameter.name},      {"Source", parameter.modifiable ? "engine-default" : "system"},
           {"ApplyType", parameter.apply_type},    {"DataType", parameter.data_type},
           {"IsModifiable", parameter.modifiable}, {"ApplyMethod", "pending-reboot"}};
  if (!parameter.allowed.empty()) out["AllowedValues"] = parameter.allowed;
  return out;
}

Json with_value(Json parameter, const Json& set) {
  parameter["Source"] = "user";
  parameter["ParameterValue"] = set.at("value");
  parameter["ApplyMethod"] = set.at("method");
  return parameter;
}

const Parameter checked(const std::string& family, const std::string& name) {
  const auto parameter = find_parameter(family, name);
  if (!parameter) throw invalid_parameter_value("Could not find parameter with name: " + name);
  if (!parameter->modifiable) throw invalid_parameter_value("The parameter " + name + " cannot be modified.");
  return *parameter;
}

Json create(RequestContext& context, const Flavor& flavor, const Input& input) {
  const std::string name = checked_identifier(flavor.name, input.str(flavor.name), 255);
  const std::string family = input.str("DBParameterGroupFamily"), description = input.str("Description");
  const auto known = find_family(family);
  if (!known || (&flavor == &kOfClusters && known->engine->name != kAuroraPostgres))
    throw invalid_parameter_value("ParameterGroupFamily " + family + " is not a valid parameter group family");
  if (description.empty())
    throw invalid_parameter_value("The parameter Description must be provided and must not be blank.");
  const storage::Tags tags = read_tags(input);
  if (context.resources().exists(flavor.kind, name)) throw parameter_group_exists(name);
  const storage::Resource group = make(context, flavor, name, family, description);
  context.resources().put(group);
  context.resources().tag(flavor.kind, name, tags);
  return {{flavor.document, group.document}};
}

Json describe(RequestContext& context, const Flavor& flavor, const Input& input) {
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  std::vector<Json> groups;
  if (const std::string name = input.str(flavor.name); !name.empty()) {
    const auto group = find(context, flavor, lower(name));
    if (!group) throw parameter_group_not_found(name);
    groups.push_back(group->document);
  } else {
    for (const storage::Resource& group : context.resources().list(flavor.kind)) groups.push_back(group.document);
  }
  return page(input, std::string(flavor.document) + "s", std::move(groups), flavor.name);
}

Json remove(RequestContext& context, const Flavor& flavor, const Input& input) {
  const std::string name = lower(input.str(flavor.name));
  if (is_default(name)) throw invalid_parameter_value("Cannot delete a default parameter group.");
  storage::ResourceTable table = context.resources();
  if (!table.exists(flavor.kind, name)) throw parameter_group_not_found(name);
  if (!table.links_to(flavor.kind, name).empty())
    throw invalid_parameter_group_state("One or more database instances are still members of this parameter group " +
                                        name + ", so the group cannot be deleted");
  table.erase(flavor.kind, name);
  return Json::object();
}

Json modify(RequestContext& context, const Flavor& flavor, const Input& input) {
  storage::Resource group = own(context, flavor, input);
  const std::string family = group.document.at("DBParameterGroupFamily");
  const std::vector<Input> changes = input.objects("Parameters");
  Changes immediate;
  if (changes.size() > 20) throw invalid_parameter_value("At most 20 parameters can be modified in one request.");
  for (const Input& change : changes) {
    const std::string name = change.str("ParameterName"), value = change.str("ParameterValue");
    const std::string method = change.str("ApplyMethod");
    for (const char* echoed : {"Description", "Source", "ApplyType", "DataType", "AllowedValues", "IsModifiable",
                               "MinimumEngineVersion", "SupportedEngineModes"})
      change.acknowledge(echoed, "a member of the shape that only Describe fills; AWS ignores it here");
    if (name.empty() || value.empty() || method.empty())
      throw invalid_parameter_value("The parameters ParameterName, ParameterValue and ApplyMethod must be provided.");
    const Parameter parameter = checked(family, name);
    if (method == "immediate" && parameter.apply_type == "static")
      throw invalid_parameter_combination("cannot use immediate apply method for static parameter");
    if (!evaluate(value, Variables{.class_memory = 1})) throw invalid_parameter_value("Invalid formula: " + value);
    if (!allows(parameter, value))
      throw invalid_parameter_value("Invalid parameter value: " + value + " for: " + name +
                                    " allowed values are: " + std::string(parameter.allowed));
    group.hidden["parameters"][name] = {{"value", value}, {"method", method}};
    if (method == "immediate") immediate[name] = value;
  }
  context.resources().put(group);
  spread(context, group.kind, group.id, immediate);
  return {{flavor.name, group.id}};
}

Json reset(RequestContext& context, const Flavor& flavor, const Input& input) {
  storage::Resource group = own(context, flavor, input);
  const std::vector<Input> named = input.objects("Parameters");
  Changes immediate;
  if (input.flag("ResetAllParameters", named.empty())) {
    if (!named.empty())
      throw invalid_parameter_combination("ResetAllParameters and Parameters cannot be used together.");
    // "Dynamic parameters are updated immediately and static parameters are set to pending-reboot" (API reference).
    for (const auto& [name, set] : group.hidden.at("parameters").items())
      if (checked(group.document.at("DBParameterGroupFamily"), name).apply_type != "static")
        immediate[name] = std::nullopt;
    group.hidden["parameters"] = Json::object();
  }
  for (const Input& parameter : named) {
    const std::string name = parameter.str("ParameterName");
    const Parameter known = checked(group.document.at("DBParameterGroupFamily"), name);
    if (parameter.str("ApplyMethod") == "immediate" && known.apply_type == "static")
      throw invalid_parameter_combination("cannot use immediate apply method for static parameter");
    parameter.acknowledge("ParameterValue", "a reset takes the engine's value");
    group.hidden["parameters"].erase(name);
    if (parameter.str("ApplyMethod") == "immediate") immediate[name] = std::nullopt;
  }
  context.resources().put(group);
  spread(context, group.kind, group.id, immediate);
  return {{flavor.name, group.id}};
}

Json parameters_of(RequestContext& context, const Flavor& flavor, const Input& input) {
  const std::string name = lower(input.str(flavor.name)), source = input.str("Source");
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  const auto group = find(context, flavor, name);
  if (!group) throw parameter_group_not_found(name);
  const std::string family = group->document.at("DBParameterGroupFamily");
  Json set = group->hidden.at("parameters");
  std::vector<Json> all;
  for (const Parameter& parameter : known_parameters(family)) {
    const auto value = set.find(std::string(parameter.name));
    all.push_back(value == set.end() ? described(parameter) : with_value(described(parameter), *value));
    if (value != set.end()) set.erase(value);
  }
  for (const auto& [key, value] : set.items()) {
    const auto parameter = find_parameter(family, key);
    if (parameter) all.push_back(with_value(described(*parameter), value));
  }
  if (!source.empty()) std::erase_if(all, [&](const Json& p) { return p.at("Source") != source; });
  return page(input, "Parameters", std::move(all), "ParameterName");
}

}  // namespace

Json group_values(RequestContext& context, std::string_view kind, const std::string& name) {
  Json values = Json::object();
  const auto group = find(context, kind == kClusterParameterGroup ? kOfClusters : kOfInstances, lower(name));
  if (!group) return values;
  for (const auto& [parameter, set] : group->hidden.at("parameters").items()) values[parameter] = set.at("value");
  return values;
}

std::optional<Json> find_parameter_group(RequestContext& context, const std::string& name) {
  const auto group = find(context, kOfInstances, lower(name));
  if (!group) return std::nullopt;
  return group->document;
}

namespace {

std::string fitting_group(RequestContext& context, const Flavor& flavor, const std::string& wanted,
                          const MajorVersion& major, AwsError (*not_found)(const std::string&)) {
  const std::string name = wanted.empty() ? std::string(kDefault) + std::string(major.family) : lower(wanted);
  const auto group = find(context, flavor, name);
  if (!group) throw not_found(name);
  const std::string family = group->document.at("DBParameterGroupFamily");
  if (family != major.family)
    throw invalid_parameter_combination("The parameter group " + name + " with DBParameterGroupFamily " + family +
                                        " cannot be used for this instance. Please use a Parameter Group with "
                                        "DBParameterGroupFamily " +
                                        std::string(major.family));
  if (!context.resources().exists(flavor.kind, name)) context.resources().put(*group);
  return name;
}

}  // namespace

std::string group_for(RequestContext& context, const std::string& wanted, const MajorVersion& major) {
  return fitting_group(context, kOfInstances, wanted, major, &parameter_group_not_found);
}

std::string cluster_group_for(RequestContext& context, const std::string& wanted, const MajorVersion& major) {
  return fitting_group(context, kOfClusters, wanted, major, &cluster_parameter_group_not_found);
}

Json create_parameter_group(RequestContext& context, const Input& input) {
  return create(context, kOfInstances, input);
}

Json create_cluster_parameter_group(RequestContext& context, const Input& input) {
  return create(context, kOfClusters, input);
}

Json describe_parameter_groups(RequestContext& context, const Input& input) {
  return describe(context, kOfInstances, input);
}

Json describe_cluster_parameter_groups(RequestContext& context, const Input& input) {
  return describe(context, kOfClusters, input);
}

Json delete_parameter_group(RequestContext& context, const Input& input) {
  return remove(context, kOfInstances, input);
}

Json delete_cluster_parameter_group(RequestContext& context, const Input& input) {
  return remove(context, kOfClusters, input);
}

Json modify_parameter_group(RequestContext& context, const Input& input) {
  return modify(context, kOfInstances, input);
}

Json modify_cluster_parameter_group(RequestContext& context, const Input& input) {
  return modify(context, kOfClusters, input);
}

Json reset_parameter_group(RequestContext& context, const Input& input) { return reset(context, kOfInstances, input); }

Json reset_cluster_parameter_group(RequestContext& context, const Input& input) {
  return reset(context, kOfClusters, input);
}

Json describe_parameters(RequestContext& context, const Input& input) {
  return parameters_of(context, kOfInstances, input);
}

Json describe_cluster_parameters(RequestContext& context, const Input& input) {
  return parameters_of(context, kOfClusters, input);
}

}  // namespace orrery::rds
