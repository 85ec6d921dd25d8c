#include <utility>

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

/// Everything but the resource itself, of which the old one is removed.
void move_what_hangs(RequestContext& context, const Entity& entity, const std::string& from, const std::string& to) {
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

}  // namespace

storage::Resource rename_entity(RequestContext& context, const Entity& entity, storage::Resource resource,
                                const Input& input, const std::string& name, const AwsError& taken) {
  const std::string old_id = std::exchange(resource.id, lower(name));
  const std::string path = input.has("NewPath") ? read_path(input, "NewPath") : resource.document.value("Path", "/");
  if (resource.id != old_id && table(context).exists(entity.kind, resource.id)) throw taken;
  resource.arn = entity_arn(context, entity.kind, path, name);
  resource.document.update({{std::string(entity.name_member), name}, {"Path", path}, {"Arn", resource.arn}});
  if (resource.id != old_id) move_what_hangs(context, entity, old_id, resource.id);
  table(context).put(resource);
  return resource;
}

}  // namespace orrery::iam
