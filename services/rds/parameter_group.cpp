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

constexpr std::string_view kKind = kParameterGroup;
constexpr std::string_view kDefault = "default.";

bool is_default(const std::string& name) { return name.rfind(kDefault, 0) == 0; }

storage::Resource make(RequestContext& context, const std::string& name, const std::string& family,
                       const std::string& description) {
  storage::Resource group{.kind = std::string(kKind), .id = name, .arn = context.arn("pg:" + name)};
  group.document = {{"DBParameterGroupName", name},
                    {"DBParameterGroupFamily", family},
                    {"Description", description},
                    {"DBParameterGroupArn", group.arn}};
  group.hidden = {{"parameters", Json::object()}};
  group.created = context.now;
  return group;
}

std::optional<storage::Resource> find(RequestContext& context, const std::string& name) {
  if (auto group = context.resources().find(kKind, name)) return group;
  if (!is_default(name)) return std::nullopt;
  const std::string family = name.substr(kDefault.size());
  if (!find_family(family)) return std::nullopt;
  return make(context, name, family, "Default parameter group for " + family);
}

storage::Resource own(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("DBParameterGroupName"));
  auto group = find(context, name);
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

}  // namespace

Json group_values(RequestContext& context, const std::string& name) {
  Json values = Json::object();
  const auto group = find(context, lower(name));
  if (!group) return values;
  for (const auto& [parameter, set] : group->hidden.at("parameters").items()) values[parameter] = set.at("value");
  return values;
}

std::optional<Json> find_parameter_group(RequestContext& context, const std::string& name) {
  const auto group = find(context, lower(name));
  if (!group) return std::nullopt;
  return group->document;
}

std::string group_for(RequestContext& context, const std::string& wanted, const MajorVersion& major) {
  const std::string name = wanted.empty() ? std::string(kDefault) + std::string(major.family) : lower(wanted);
  const auto group = find(context, name);
  if (!group) throw parameter_group_not_found(name);
  const std::string family = group->document.at("DBParameterGroupFamily");
  if (family != major.family)
    throw invalid_parameter_combination("The parameter group " + name + " with DBParameterGroupFamily " + family +
                                        " cannot be used for this instance. Please use a Parameter Group with "
                                        "DBParameterGroupFamily " +
                                        std::string(major.family));
  if (!context.resources().exists(kKind, name)) context.resources().put(*group);
  return name;
}

Json create_parameter_group(RequestContext& context, const Input& input) {
  const std::string name = checked_identifier("DBParameterGroupName", input.str("DBParameterGroupName"), 255);
  const std::string family = input.str("DBParameterGroupFamily"), description = input.str("Description");
  if (!find_family(family))
    throw invalid_parameter_value("ParameterGroupFamily " + family + " is not a valid parameter group family");
  if (description.empty())
    throw invalid_parameter_value("The parameter Description must be provided and must not be blank.");
  const storage::Tags tags = read_tags(input);
  if (context.resources().exists(kKind, name)) throw parameter_group_exists(name);
  const storage::Resource group = make(context, name, family, description);
  context.resources().put(group);
  context.resources().tag(kKind, name, tags);
  return {{"DBParameterGroup", group.document}};
}

Json describe_parameter_groups(RequestContext& context, const Input& input) {
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  std::vector<Json> groups;
  if (const std::string name = input.str("DBParameterGroupName"); !name.empty()) {
    const auto group = find_parameter_group(context, name);
    if (!group) throw parameter_group_not_found(name);
    groups.push_back(*group);
  } else {
    for (const storage::Resource& group : context.resources().list(kKind)) groups.push_back(group.document);
  }
  return page(input, "DBParameterGroups", std::move(groups), "DBParameterGroupName");
}

Json delete_parameter_group(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("DBParameterGroupName"));
  if (is_default(name)) throw invalid_parameter_value("Cannot delete a default parameter group.");
  storage::ResourceTable table = context.resources();
  if (!table.exists(kKind, name)) throw parameter_group_not_found(name);
  if (!table.links_to(kKind, name).empty())
    throw invalid_parameter_group_state("One or more database instances are still members of this parameter group " +
                                        name + ", so the group cannot be deleted");
  table.erase(kKind, name);
  return Json::object();
}

Json modify_parameter_group(RequestContext& context, const Input& input) {
  storage::Resource group = own(context, input);
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
  spread(context, group.id, immediate);
  return {{"DBParameterGroupName", group.id}};
}

Json reset_parameter_group(RequestContext& context, const Input& input) {
  storage::Resource group = own(context, input);
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
  spread(context, group.id, immediate);
  return {{"DBParameterGroupName", group.id}};
}

Json describe_parameters(RequestContext& context, const Input& input) {
  const std::string name = lower(input.str("DBParameterGroupName")), source = input.str("Source");
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  const auto group = find(context, name);
  if (!group) throw parameter_group_not_found(name);
  const std::string family = group->document.at("DBParameterGroupFamily");
  Json set = group->hidden.at("parameters");
  std::vector<Json> all;
  if (family.rfind("postgres", 0) == 0)
    for (const Parameter& parameter : postgres_parameters()) {
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

}  // namespace orrery::rds
