#pragma once
#include <optional>
#include <string>
#include <vector>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "registry/pagination.hpp"
#include "services/kms/errors.hpp"
#include "services/kms/spec.hpp"
#include "storage/resources.hpp"

// The key as everybody in this folder sees it. Its document is KeyMetadata; hidden are the policy, the key material
// (base64, oldest first, each {id, key, created, type}) and the rotation settings. Functions here name the service
// themselves, because the caller may be another one.
namespace orrery::kms {

inline constexpr std::string_view kKey = "key", kAlias = "alias", kGrant = "grant";

storage::ResourceTable table(RequestContext& context);
std::string arn_of(const RequestContext& context, std::string_view resource);

class Key {
 public:
  Key(RequestContext& context, storage::Resource resource) : context_(context), resource_(std::move(resource)) {}

  const std::string& id() const { return resource_.id; }
  const std::string& arn() const { return resource_.arn; }
  std::string text(std::string_view member) const { return resource_.document.value(std::string(member), ""); }
  std::string state() const { return text("KeyState"); }
  std::string usage() const { return text("KeyUsage"); }
  const KeySpec& spec() const { return *find_spec(text("KeySpec")); }
  bool symmetric() const { return spec().family == Family::symmetric; }
  bool aws_managed() const { return text("KeyManager") == "AWS"; }

  Json& metadata() { return resource_.document; }
  const Json& metadata() const { return resource_.document; }
  Json& hidden() { return resource_.hidden; }
  const Json& hidden() const { return resource_.hidden; }

  void set_state(const std::string& state);
  /// Bytes of the current material, or of an older one by its id; nullopt when there is none.
  std::optional<std::string> material(const std::string& material_id = "") const;
  std::string material_id() const { return text("CurrentKeyMaterialId"); }
  /// Generates new material and makes it the current one. `type` is "" for the first, else AUTOMATIC or ON_DEMAND.
  void add_material(const std::string& type);

  /// Throws KMSInvalidStateException when the key waits for its deletion.
  const Key& not_pending_deletion() const;
  /// The same, and DisabledException or KMSInvalidStateException when it can't be used.
  const Key& usable() const;
  const Key& for_usage(std::string_view usage, std::string_view operation) const;
  /// Refuses to change a key that AWS manages.
  const Key& customer_managed() const;

  void save() { table(context_).put(resource_); }

 private:
  RequestContext& context_;
  storage::Resource resource_;
};

/// By key id; nullopt when there is none or its deletion has come.
std::optional<Key> lookup_key(RequestContext& context, const std::string& id);
/// By key id or key ARN; throws NotFoundException.
Key find_key(RequestContext& context, const std::string& reference);
/// By key id, key ARN, alias name or alias ARN; throws NotFoundException.
Key resolve_key(RequestContext& context, const std::string& reference);
/// All keys whose deletion has not come yet.
std::vector<Key> all_keys(RequestContext& context);

/// Creates a key from settled metadata (KeySpec, KeyUsage, Origin, KeyManager, Description) and policy.
Key make_key(RequestContext& context, Json metadata, const std::string& policy);
std::string default_policy(const RequestContext& context);
/// Throws MalformedPolicyDocumentException. `lockout_check` is off with BypassPolicyLockoutSafetyCheck.
enum class LockoutCheck { on, off };
void validate_policy(RequestContext& context, const std::string& policy, LockoutCheck lockout_check);

/// The AWS-managed key behind an "alias/aws/…" that was never used; makes it.
std::optional<Key> managed_key(RequestContext& context, const std::string& alias);
void seed(RequestContext& context);
void tick(RequestContext& context);
void offer(Peers& peers);

storage::Tags read_tags(const Input& input);

/// One page of `items`, sorted by `key`, as the members `member`, Truncated and NextMarker.
template <typename Key>
Json page(const Input& input, std::string_view member, std::vector<Json> items, std::size_t default_limit, Key key) {
  const auto limit = static_cast<std::size_t>(input.integer("Limit", static_cast<std::int64_t>(default_limit)));
  const auto next = paginate(items, limit, input.find_str("Marker"), key, errors::invalid_marker());
  Json out{{"Truncated", next.has_value()}};
  out[std::string(member)] = std::move(items);
  if (next) out["NextMarker"] = *next;
  return out;
}

/// Reads GrantTokens and DryRun, which every cryptographic operation has; throws DryRunOperationException.
inline void settle_options(const Input& input) {
  input.acknowledge("GrantTokens", "grants are effective at once here, so no call depends on a token");
  if (input.flag("DryRun")) throw errors::dry_run();
}

}  // namespace orrery::kms
