#include "services/rds/force.hpp"

#include "services/rds/cluster.hpp"
#include "services/rds/cluster_engine.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/running.hpp"

namespace orrery::rds {

namespace {

struct Group {
  std::string_view kind;
  std::string name;
};

Group group_of(const storage::Resource& resource) {
  if (resource.kind == kCluster) return {kClusterParameterGroup, resource.document.at("DBClusterParameterGroup")};
  return {kParameterGroup, resource.document.at("DBParameterGroups").at(0).at("DBParameterGroupName")};
}

Json values_of(RequestContext& context, const storage::Resource& resource) {
  const Group group = group_of(resource);
  return group_values(context, group.kind, group.name);
}

/// One that is not up yet shows what it is on its way to.
void begin_to_modify(RequestContext& context, storage::Resource& resource) {
  const std::string status =
      resource.kind == kCluster ? cluster_status(context, resource) : status_of(context, resource);
  if (status == "available" && resource.hidden.value("transition", "") != "creating")
    begin_transition(resource, Transition::modifying);
}

}  // namespace

void take_force(RequestContext& context, storage::Resource& resource) {
  resource.hidden["in_force"] = {{"group", group_of(resource).name}, {"parameters", values_of(context, resource)}};
}

Json in_force(RequestContext& context, const storage::Resource& resource) {
  const auto own = resource.hidden.find("in_force");
  // Instances from before this was kept had no difference between the two.
  return own == resource.hidden.end() ? values_of(context, resource) : own->at("parameters");
}

std::string apply_status(RequestContext& context, const storage::Resource& resource) {
  const auto own = resource.hidden.find("in_force");
  if (own == resource.hidden.end()) return "in-sync";
  const bool same =
      own->at("group") == group_of(resource).name && own->at("parameters") == values_of(context, resource);
  return same ? "in-sync" : "pending-reboot";
}

void spread(RequestContext& context, std::string_view kind, const std::string& group, const Changes& changes) {
  storage::ResourceTable table = context.resources();
  for (const storage::Edge& edge : table.links_to(kind, group)) {
    if (edge.from.kind != kInstance && edge.from.kind != kCluster) continue;
    auto member = table.find(edge.from.kind, edge.from.id);
    if (!member) continue;
    begin_to_modify(context, *member);
    Json parameters = in_force(context, *member);
    for (const auto& [name, value] : changes) {
      parameters.erase(name);
      if (value) parameters[name] = *value;
    }
    if (!member->hidden.contains("in_force")) member->hidden["in_force"] = {{"group", group}};
    member->hidden["in_force"]["parameters"] = std::move(parameters);
    table.put(*member);
    poke(context);
  }
}

}  // namespace orrery::rds
