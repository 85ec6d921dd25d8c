#include "aws/ids.hpp"
#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

constexpr std::int64_t kDay = 86400, kDefaultWindow = 30;

/// A repetition of the CreateSecret that made this secret is answered as the first time.
Json repeated(const Secret& secret, const std::optional<std::string>& token, const std::optional<Value>& value) {
  const auto version = token ? secret.version(*token) : std::nullopt;
  if (!version) throw errors::secret_exists(secret.name());
  if (!value || secret.open(*version) != *value) throw errors::token_in_use(*token, secret.arn());
  Json out = secret.reference();
  out["VersionId"] = *token;
  return out;
}

}  // namespace

Json create_secret(RequestContext& context, const Input& input) {
  const auto token = input.find_str("ClientRequestToken");
  const auto value = read_value(input);
  NewSecret wanted{input.str("Name"), Json::object(), read_tags(input)};
  for (const char* member : {"Description", "KmsKeyId", "Type"}) {
    if (const auto text = input.find_str(member); text && !text->empty()) wanted.document[member] = *text;
  }
  if (const auto existing = lookup(context, wanted.name)) {
    if (existing->scheduled()) throw errors::scheduled_for_deletion();
    return repeated(*existing, token, value);
  }
  Secret secret = make_secret(context, wanted);
  Json out = secret.reference();
  if (value) out["VersionId"] = put_version(context, secret, token, *value, {kCurrent});
  advise_rotation(context, secret);
  add_replicas(context, secret, input);
  if (secret.document().contains("ReplicationStatus"))
    out["ReplicationStatus"] = secret.document()["ReplicationStatus"];
  return out;
}

Json describe_secret(RequestContext& context, const Input& input) {
  const Secret secret = find_secret(context, input.str("SecretId"));
  Json out = secret.document();
  if (Json tags = secret.tags(); !tags.empty()) out["Tags"] = std::move(tags);
  if (Json stages = secret.ids_to_stages(); !stages.empty()) out["VersionIdsToStages"] = std::move(stages);
  return out;
}

Json update_secret(RequestContext& context, const Input& input) {
  Secret secret = find_writable(context, input.str("SecretId"));
  const auto token = input.find_str("ClientRequestToken");
  const auto value = read_value(input);
  for (const char* member : {"Description", "Type"}) {
    const auto text = input.find_str(member);
    if (text && text->empty()) secret.document().erase(member);
    if (text && !text->empty()) secret.document()[member] = *text;
  }
  if (const auto key = input.find_str("KmsKeyId"); key && *key != secret.key()) {
    // An empty key stands for aws/secretsmanager (API reference, UpdateSecret).
    key->empty() ? void(secret.document().erase("KmsKeyId")) : void(secret.document()["KmsKeyId"] = *key);
    secret.reencrypt();
  }
  secret.touch();
  secret.save();
  Json out = secret.reference();
  if (value) out["VersionId"] = put_version(context, secret, token, *value, {kCurrent});
  sync_replicas(context, secret.name());
  return out;
}

Json delete_secret(RequestContext& context, const Input& input) {
  const std::string reference = input.str("SecretId");
  const bool force = input.flag("ForceDeleteWithoutRecovery");
  const auto window = input.find_integer("RecoveryWindowInDays");
  if (force && window) {
    throw errors::invalid_parameter(
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (window && (*window < 7 || *window > 30)) {
    throw errors::invalid_parameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }
  auto secret = lookup(context, reference);
  if (!secret) {
    // "If you forcibly delete an already deleted or nonexistent secret, the operation does not return
    // ResourceNotFoundException" (API reference, DeleteSecret).
    if (!force) throw errors::secret_not_found();
    return {{"Name", reference}, {"DeletionDate", context.timestamp()}};
  }
  if (secret->is_replica()) throw errors::on_a_replica();
  if (secret->document().contains("ReplicationStatus")) {
    throw errors::invalid_parameter("You can't delete secret " + secret->name() + " that still has replica regions.");
  }
  Json out = secret->reference();
  settle_rotation(context, *secret);
  if (force) {
    secret->erase();
    out["DeletionDate"] = context.timestamp();
    return out;
  }
  if (secret->scheduled()) throw errors::marked_for_deletion();
  const double purge_at = context.timestamp() + static_cast<double>(window.value_or(kDefaultWindow) * kDay);
  secret->document()["DeletedDate"] = context.timestamp();
  secret->hidden()["purge_at"] = purge_at;
  secret->save();
  out["DeletionDate"] = purge_at;
  return out;
}

Json restore_secret(RequestContext& context, const Input& input) {
  Secret secret = find_secret(context, input.str("SecretId"));
  secret.document().erase("DeletedDate");
  secret.hidden().erase("purge_at");
  secret.save();
  advise_rotation(context, secret);
  return secret.reference();
}

void tick(RequestContext& context) {
  const std::string account = context.account, region = context.region;
  for (const auto& location : storage::locations(context.tx, "secretsmanager", kSecret)) {
    context.account = location.account;
    context.region = location.region;
    if (lookup(context, location.id)) continue;
    if (auto expired = table(context).find(kSecret, location.id)) Secret(context, std::move(*expired)).erase();
  }
  context.account = account;
  context.region = region;
}

}  // namespace orrery::secretsmanager
