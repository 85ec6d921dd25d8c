#include "services/kms/crypto.hpp"
#include "services/kms/envelope.hpp"
#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

class Peer final : public KmsPeer {
 public:
  std::optional<KeyInfo> key(RequestContext& context, const std::string& reference) override {
    try {
      return require_key(context, reference);
    } catch (const AwsError&) {
      return std::nullopt;
    }
  }

  KeyInfo require_key(RequestContext& context, const std::string& reference) override {
    ensure_seeded(context, "kms", &seed);
    auto managed = managed_key(context, reference);
    const Key key = managed ? std::move(*managed) : resolve_key(context, reference);
    return {key.id(),
            key.arn(),
            key.state(),
            key.text("KeyManager"),
            key.text("KeySpec"),
            key.usage(),
            key.hidden().value("enabled_at", aws::Millis{0}),
            key.hidden().value("unusable_at", aws::Millis{0})};
  }

  std::string encrypt(RequestContext& context, const std::string& reference, const std::string& plaintext,
                      const EncryptionContext& encryption_context) override {
    ensure_seeded(context, "kms", &seed);
    auto managed = managed_key(context, reference);
    const Key key = managed ? std::move(*managed) : resolve_key(context, reference);
    key.for_usage("ENCRYPT_DECRYPT", "Encrypt");
    if (!key.symmetric()) throw errors::invalid_algorithm("SYMMETRIC_DEFAULT", key.text("KeySpec"));
    return wrap(key, plaintext, encryption_context);
  }

  std::string decrypt(RequestContext& context, const std::string& ciphertext,
                      const EncryptionContext& encryption_context) override {
    ensure_seeded(context, "kms", &seed);
    return unwrap(context, ciphertext, encryption_context).plaintext;
  }
};

void delete_key(RequestContext& context, const storage::Resource& key) {
  storage::ResourceTable keys = table(context);
  for (const auto& alias : keys.list(kAlias)) {
    if (alias.document.value("TargetKeyId", "") == key.id) keys.erase(kAlias, alias.id);
  }
  for (const auto& grant : keys.list(kGrant)) {
    if (grant.document.value("KeyId", "") == key.arn) keys.erase(kGrant, grant.id);
  }
  keys.erase(kKey, key.id);
  const auto configuration = key.document.find("MultiRegionConfiguration");
  if (configuration != key.document.end()) forget_replica(context, key.id, *configuration);
}

}  // namespace

void offer(Peers& peers) {
  static Peer peer;
  peers.kms = &peer;
}

void tick(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  for (const auto& location : storage::locations(context.tx, "kms", kKey)) {
    context.account = location.account;
    context.region = location.region;
    auto resource = table(context).find(kKey, location.id);
    if (!resource) continue;
    if (resource->document.contains("DeletionDate")) {
      if (resource->document["DeletionDate"].get<double>() <= context.timestamp()) delete_key(context, *resource);
      continue;
    }
    Key key(context, std::move(*resource));
    expire_material(context, key);
    rotate_when_due(context, key);
  }
  context.account = account;
  context.region = region;
}

}  // namespace orrery::kms
