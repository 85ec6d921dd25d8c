#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

constexpr std::size_t kTagLimit = 50;

}  // namespace

Json tag_resource(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().not_pending_deletion();
  const storage::Tags tags = read_tags(input);
  storage::Tags merged = table(context).tags(kKey, key.id());
  for (const auto& [name, value] : tags) merged[name] = value;
  if (merged.size() > kTagLimit) throw errors::limit_exceeded("Too many tags");
  table(context).tag(kKey, key.id(), tags);
  return Json::object();
}

Json untag_resource(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().not_pending_deletion();
  for (const std::string& name : input.strings("TagKeys")) table(context).untag(kKey, key.id(), name);
  return Json::object();
}

Json list_resource_tags(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  std::vector<Json> tags;
  for (const auto& [name, value] : table(context).tags(kKey, key.id())) {
    tags.push_back({{"TagKey", name}, {"TagValue", value}});
  }
  return page(input, "Tags", std::move(tags), kTagLimit,
              [](const Json& tag) { return tag.at("TagKey").get<std::string>(); });
}

}  // namespace orrery::kms
