#include "services/iam/attachment.hpp"
#include "services/iam/membership.hpp"

namespace orrery::iam {

namespace {

void move_prefixed(RequestContext& context, std::string_view kind, const std::string& from, const std::string& to) {
  for (auto& resource : list_prefixed(context, kind, from + "/")) {
    table(context).erase(kind, resource.id);
    resource.id = to + resource.id.substr(from.size());
    table(context).put(resource);
  }
}

}  // namespace

void move_entity(RequestContext& context, const Entity& entity, const std::string& from, const std::string& to) {
  storage::ResourceTable resources = table(context);
  resources.tag(entity.kind, to, resources.tags(entity.kind, from));
  for (const auto& edge : resources.links_from(entity.kind, from)) resources.link(entity.kind, to, edge.role, edge.to);
  for (const auto& edge : resources.links_to(entity.kind, from)) {
    resources.unlink(edge.from.kind, edge.from.id, edge.role, edge.to);
    resources.link(edge.from.kind, edge.from.id, edge.role, {"iam", std::string(entity.kind), to});
  }
  move_prefixed(context, inline_kind(entity), from, to);
  if (entity.kind == kUser.kind) {
    move_prefixed(context, kAccessKey, from, to);
    if (auto profile = resources.find(kLoginProfile, from)) {
      resources.erase(kLoginProfile, from);
      profile->id = to;
      resources.put(*profile);
    }
  }
  resources.erase(entity.kind, from);
}

}  // namespace orrery::iam
