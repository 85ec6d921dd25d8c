#include "services/kms/key.hpp"

#include <regex>

#include "aws/ids.hpp"
#include "services/kms/crypto.hpp"

namespace orrery::kms {

namespace {

bool is_key_id(const std::string& text) {
  static const std::regex pattern("(mrk-[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})");
  return std::regex_match(text, pattern);
}

/// The resource part of an ARN ("key/…", "alias/…") or the reference itself.
std::string resource_part(const RequestContext& context, const std::string& reference) {
  if (!reference.starts_with("arn:")) return reference;
  const aws::Arn arn = aws::parse_arn(reference);
  if (!arn.valid() || arn.service != "kms") throw errors::invalid_key_id(reference);
  if (arn.region != context.region) throw errors::invalid_arn_region(arn.region);
  if (arn.account != context.account) {
    if (arn.resource.starts_with("alias/")) throw errors::alias_not_found(reference);
    throw errors::key_not_found(reference);
  }
  return arn.resource;
}

bool gone(const RequestContext& context, const storage::Resource& key) {
  const auto date = key.document.find("DeletionDate");
  return date != key.document.end() && date->get<double>() <= context.timestamp();
}

}  // namespace

storage::ResourceTable table(RequestContext& context) { return context.resources("kms", context.region); }

std::string arn_of(const RequestContext& context, std::string_view resource) {
  return aws::arn("kms", context.region, context.account, resource);
}

void Key::set_state(const std::string& state) {
  const bool was = this->state() == "Enabled", is = state == "Enabled";
  if (was != is) resource_.hidden[is ? "enabled_at" : "unusable_at"] = context_.now;
  resource_.document["KeyState"] = state;
  resource_.document["Enabled"] = is;
}

std::optional<std::string> Key::material(const std::string& material_id) const {
  const auto materials = resource_.hidden.find("materials");
  if (materials == resource_.hidden.end() || materials->empty()) return std::nullopt;
  const Json* found = material_id.empty() ? &materials->back() : nullptr;
  for (const Json& each : *materials) {
    if (each.at("id") == material_id) found = &each;
  }
  std::string bytes;
  if (!found || !aws::base64_decode(found->at("key").get<std::string>(), bytes)) return std::nullopt;
  return bytes;
}

void Key::add_material(const std::string& type) {
  const std::string id = aws::random_hex(64);
  resource_.hidden["materials"].push_back(
      {{"id", id}, {"key", aws::base64(crypto::generate(spec()))}, {"created", context_.timestamp()}, {"type", type}});
  if (symmetric()) resource_.document["CurrentKeyMaterialId"] = id;
}

const Key& Key::not_pending_deletion() const {
  if (state() == "PendingDeletion" || state() == "PendingReplicaDeletion") throw errors::pending_deletion(arn());
  return *this;
}

const Key& Key::usable() const {
  not_pending_deletion();
  if (state() == "Disabled") throw errors::disabled(arn());
  if (state() == "PendingImport") throw errors::pending_import(arn());
  return *this;
}

const Key& Key::for_usage(std::string_view wanted, std::string_view operation) const {
  usable();
  if (usage() != wanted) throw errors::invalid_usage(arn(), usage(), operation);
  return *this;
}

const Key& Key::customer_managed() const {
  if (aws_managed()) {
    throw errors::access_denied("The KMS key " + arn() + " is managed by AWS and can't be changed by this operation.");
  }
  return *this;
}

std::optional<Key> lookup_key(RequestContext& context, const std::string& id) {
  auto resource = table(context).find(kKey, id);
  if (!resource || gone(context, *resource)) return std::nullopt;
  return Key(context, std::move(*resource));
}

Key find_key(RequestContext& context, const std::string& reference) {
  std::string id = resource_part(context, reference);
  if (id.starts_with("key/")) id.erase(0, 4);
  if (!is_key_id(id)) throw errors::invalid_key_id(reference);
  auto key = lookup_key(context, id);
  if (!key) throw errors::key_not_found(arn_of(context, "key/" + id));
  return std::move(*key);
}

Key resolve_key(RequestContext& context, const std::string& reference) {
  const std::string name = resource_part(context, reference);
  if (!name.starts_with("alias/")) return find_key(context, reference);
  const auto alias = table(context).find(kAlias, name);
  if (!alias || !alias->document.contains("TargetKeyId")) throw errors::alias_not_found(arn_of(context, name));
  return find_key(context, alias->document["TargetKeyId"].get<std::string>());
}

std::vector<Key> all_keys(RequestContext& context) {
  std::vector<Key> keys;
  for (auto& resource : table(context).list(kKey)) {
    if (!gone(context, resource)) keys.emplace_back(context, std::move(resource));
  }
  return keys;
}

Key make_key(RequestContext& context, Json metadata, const std::string& policy) {
  const bool multi_region = metadata.value("MultiRegion", false);
  storage::Resource resource;
  resource.kind = kKey;
  resource.id = multi_region ? "mrk-" + aws::random_hex(32) : aws::uuid();
  resource.arn = arn_of(context, "key/" + resource.id);
  resource.created = context.now;
  const std::string spec = metadata.at("KeySpec");
  const bool external = metadata.at("Origin") == "EXTERNAL";
  metadata.update({{"AWSAccountId", context.account},
                   {"KeyId", resource.id},
                   {"Arn", resource.arn},
                   {"CreationDate", context.timestamp()},
                   {"CustomerMasterKeySpec", spec},
                   {"MultiRegion", multi_region}});
  if (multi_region) {
    metadata["MultiRegionConfiguration"] = {{"MultiRegionKeyType", "PRIMARY"},
                                            {"PrimaryKey", {{"Arn", resource.arn}, {"Region", context.region}}},
                                            {"ReplicaKeys", Json::array()}};
  }
  describe_algorithms(*find_spec(spec), metadata.at("KeyUsage").get<std::string>(), metadata);
  resource.document = std::move(metadata);
  resource.hidden = {{"policy", policy}, {"materials", Json::array()}};
  Key key(context, std::move(resource));
  key.set_state(external ? "PendingImport" : "Enabled");
  if (!external) key.add_material("");
  key.save();
  return key;
}

storage::Tags read_tags(const Input& input) {
  storage::Tags tags;
  for (const Input& tag : input.objects("Tags")) {
    const std::string name = tag.str("TagKey");
    if (name.starts_with("aws:")) throw errors::tag("Tag keys that begin with aws: are reserved.");
    if (!tags.emplace(name, tag.str("TagValue")).second) throw errors::tag("Duplicate tag keys");
  }
  return tags;
}

}  // namespace orrery::kms
