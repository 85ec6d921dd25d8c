#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

constexpr std::int64_t kDay = 86400;

std::string settled_spec(const Input& input) {
  const auto spec = input.find_str("KeySpec"), old_name = input.find_str("CustomerMasterKeySpec");
  if (spec && old_name && *spec != *old_name) {
    throw errors::validation("You can't specify both KeySpec and CustomerMasterKeySpec with different values.");
  }
  return spec ? *spec : old_name.value_or("SYMMETRIC_DEFAULT");
}

std::string settled_usage(const Input& input, const KeySpec& spec) {
  const auto usage = input.find_str("KeyUsage");
  if (!usage && spec.family != Family::symmetric) {
    throw errors::validation(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
  }
  const std::string settled = usage.value_or("ENCRYPT_DECRYPT");
  if (!allows(spec, settled)) {
    throw errors::validation("KeyUsage " + settled + " is not compatible with KeySpec " + std::string(spec.name));
  }
  return settled;
}

}  // namespace

Json create_key(RequestContext& context, const Input& input) {
  const std::string spec_name = settled_spec(input);
  const KeySpec* spec = find_spec(spec_name);
  if (!spec) throw errors::unsupported("KeySpec " + spec_name + " is not supported in this region.");
  const std::string origin = input.str("Origin", "AWS_KMS");
  if (origin != "AWS_KMS" && origin != "EXTERNAL") {
    throw errors::unsupported("Custom key stores are not supported: Origin " + origin + ".");
  }
  Json metadata{{"KeySpec", spec_name},
                {"KeyUsage", settled_usage(input, *spec)},
                {"Description", input.str("Description")},
                {"Origin", origin},
                {"KeyManager", "CUSTOMER"},
                {"MultiRegion", input.flag("MultiRegion")}};
  const auto policy = input.find_str("Policy");
  const bool bypass = input.flag("BypassPolicyLockoutSafetyCheck");
  if (policy) validate_policy(context, *policy, bypass ? LockoutCheck::off : LockoutCheck::on);
  const storage::Tags tags = read_tags(input);
  if (tags.size() > 50) throw errors::tag("Too many tags");
  Key key = make_key(context, std::move(metadata), policy.value_or(default_policy(context)));
  table(context).tag(kKey, key.id(), tags);
  return {{"KeyMetadata", key.metadata()}};
}

Json describe_key(RequestContext& context, const Input& input) {
  input.acknowledge("GrantTokens", "grants are effective at once here");
  const std::string reference = input.str("KeyId");
  // DescribeKey on a predefined alias that has no key yet makes the key (API reference, DescribeKey).
  if (const auto managed = managed_key(context, reference)) return {{"KeyMetadata", managed->metadata()}};
  return {{"KeyMetadata", resolve_key(context, reference).metadata()}};
}

Json list_keys(RequestContext& context, const Input& input) {
  std::vector<Json> keys;
  for (const Key& key : all_keys(context)) keys.push_back({{"KeyId", key.id()}, {"KeyArn", key.arn()}});
  return page(input, "Keys", std::move(keys), 100, [](const Json& key) { return key.at("KeyId").get<std::string>(); });
}

Json enable_key(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().not_pending_deletion();
  if (key.state() == "PendingImport") throw errors::pending_import(key.arn());
  key.set_state("Enabled");
  key.save();
  return Json::object();
}

Json disable_key(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().not_pending_deletion();
  if (key.state() == "PendingImport") throw errors::pending_import(key.arn());
  key.set_state("Disabled");
  key.save();
  return Json::object();
}

Json update_key_description(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().not_pending_deletion();
  key.metadata()["Description"] = input.str("Description");
  key.save();
  return Json::object();
}

Json schedule_key_deletion(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  const std::int64_t days = input.integer("PendingWindowInDays", 30);
  if (days < 7 || days > 30) {
    throw errors::validation("PendingWindowInDays should be between 7 and 30, but it is " + std::to_string(days));
  }
  key.customer_managed().not_pending_deletion();
  key.hidden()["window"] = days;
  if (has_replicas(key)) {
    key.hidden()["state_before_deletion"] = key.state();
    key.set_state("PendingReplicaDeletion");
    key.metadata()["PendingDeletionWindowInDays"] = days;
    key.save();
    return {{"KeyId", key.arn()}, {"KeyState", "PendingReplicaDeletion"}, {"PendingWindowInDays", days}};
  }
  const double date = context.timestamp() + static_cast<double>(days * kDay);
  key.hidden()["state_before_deletion"] = key.state();
  key.set_state("PendingDeletion");
  key.metadata()["DeletionDate"] = date;
  key.save();
  return {{"KeyId", key.arn()}, {"DeletionDate", date}, {"KeyState", "PendingDeletion"}, {"PendingWindowInDays", days}};
}

Json cancel_key_deletion(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  if (key.state() != "PendingDeletion" && key.state() != "PendingReplicaDeletion")
    throw errors::not_pending_deletion(key.arn());
  const bool waits = key.hidden().value("state_before_deletion", "") == "PendingImport";
  key.set_state(waits ? "PendingImport" : "Disabled");
  key.metadata().erase("DeletionDate");
  key.metadata().erase("PendingDeletionWindowInDays");
  key.save();
  return {{"KeyId", key.arn()}};
}

}  // namespace orrery::kms
