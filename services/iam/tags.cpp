#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"

namespace orrery::iam {

namespace {

constexpr std::size_t kMostTags = 50;

}  // namespace

Json tag_entity(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource to = entity.find(context, input.str(entity.name_member));
  const storage::Tags added = read_tags(input);
  storage::Tags tags = table(context).tags(entity.kind, to.id);
  // A key replaces one that differs from it in case only (IAM user guide, "Tags for IAM resources").
  for (const auto& [key, value] : added) {
    for (const auto& [old, unused] : table(context).tags(entity.kind, to.id)) {
      if (old == key || lower(old) != lower(key)) continue;
      table(context).untag(entity.kind, to.id, old);
      tags.erase(old);
    }
    tags[key] = value;
  }
  if (tags.size() > kMostTags) throw limit_exceeded("The number of tags has reached the maximum limit.");
  table(context).tag(entity.kind, to.id, added);
  return Json::object();
}

Json untag_entity(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource from = entity.find(context, input.str(entity.name_member));
  for (const auto& key : input.strings("TagKeys")) table(context).untag(entity.kind, from.id, key);
  return Json::object();
}

Json list_entity_tags(RequestContext& context, const Input& input, const Entity& entity) {
  const storage::Resource of = entity.find(context, input.str(entity.name_member));
  std::vector<Json> items;
  for (auto& tag : tag_list(table(context).tags(entity.kind, of.id))) items.push_back(std::move(tag));
  return page(input, "Tags", std::move(items), [](const Json& tag) { return tag["Key"].get<std::string>(); });
}

}  // namespace orrery::iam
