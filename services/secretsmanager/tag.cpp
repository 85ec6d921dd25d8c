#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

Json tag_resource(RequestContext& context, const Input& input) {
  const Secret secret = find_writable(context, input.str("SecretId"));
  const storage::Tags tags = read_tags(input);
  storage::Tags merged = table(context).tags(kSecret, secret.name());
  for (const auto& [key, value] : tags) merged[key] = value;
  if (merged.size() > 50) throw errors::invalid_parameter("A secret can have at most 50 tags.");
  table(context).tag(kSecret, secret.name(), tags);
  sync_replicas(context, secret.name());
  return Json::object();
}

Json untag_resource(RequestContext& context, const Input& input) {
  const Secret secret = find_writable(context, input.str("SecretId"));
  for (const std::string& key : input.strings("TagKeys")) table(context).untag(kSecret, secret.name(), key);
  sync_replicas(context, secret.name());
  return Json::object();
}

}  // namespace orrery::secretsmanager
