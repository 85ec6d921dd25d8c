#include "services/rds/force.hpp"

#include "services/rds/instance.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/running.hpp"

namespace orrery::rds {

namespace {

std::string group_of(const storage::Resource& instance) {
  return instance.document.at("DBParameterGroups").at(0).at("DBParameterGroupName");
}

}  // namespace

void take_force(RequestContext& context, storage::Resource& instance) {
  const std::string group = group_of(instance);
  instance.hidden["in_force"] = {{"group", group}, {"parameters", group_values(context, group)}};
}

Json in_force(RequestContext& context, const storage::Resource& instance) {
  const auto own = instance.hidden.find("in_force");
  // Instances from before this was kept had no difference between the two.
  return own == instance.hidden.end() ? group_values(context, group_of(instance)) : own->at("parameters");
}

std::string apply_status(RequestContext& context, const storage::Resource& instance) {
  const auto own = instance.hidden.find("in_force");
  if (own == instance.hidden.end()) return "in-sync";
  const std::string group = group_of(instance);
  const bool same = own->at("group") == group && own->at("parameters") == group_values(context, group);
  return same ? "in-sync" : "pending-reboot";
}

void spread(RequestContext& context, const std::string& group, const Changes& changes) {
  storage::ResourceTable table = context.resources();
  for (const storage::Edge& edge : table.links_to(kParameterGroup, group)) {
    if (edge.from.kind != kInstance) continue;
    auto instance = table.find(kInstance, edge.from.id);
    if (!instance) continue;
    // One that is not up yet shows what it is on its way to.
    if (status_of(context, *instance) == "available") begin_transition(*instance, Transition::modifying);
    Json parameters = in_force(context, *instance);
    for (const auto& [name, value] : changes) {
      parameters.erase(name);
      if (value) parameters[name] = *value;
    }
    if (!instance->hidden.contains("in_force")) instance->hidden["in_force"] = {{"group", group}};
    instance->hidden["in_force"]["parameters"] = std::move(parameters);
    table.put(*instance);
    poke(context);
  }
}

}  // namespace orrery::rds
