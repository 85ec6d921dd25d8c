#include "services/rds/building.hpp"

#include "aws/ids.hpp"
#include "services/rds/certificate.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/force.hpp"
#include "services/rds/instance.hpp"
#include "services/rds/network.hpp"
#include "services/rds/parameter_group.hpp"
#include "services/rds/running.hpp"
#include "services/rds/security.hpp"
#include "services/rds/tags.hpp"
#include "services/rds/windows.hpp"

namespace orrery::rds {

namespace {

constexpr aws::Millis kYear = aws::Millis{365} * 24 * 3600 * 1000;

}  // namespace

storage::Resource blank_instance(RequestContext& context, const std::string& identifier) {
  storage::Resource instance{.kind = std::string(kInstance), .id = identifier, .arn = context.arn("db:" + identifier)};
  instance.created = context.now;
  instance.document = {
      {"DBInstanceIdentifier", identifier},
      {"DBInstanceArn", instance.arn},
      {"DbiResourceId", "db-" + aws::random_text(26, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")},
      {"DBInstanceStatus", "available"},
      {"InstanceCreateTime", context.timestamp()},
      {"DBSecurityGroups", Json::array()},
      {"PendingModifiedValues", Json::object()},
      {"ReadReplicaDBInstanceIdentifiers", Json::array()},
      {"DomainMemberships", Json::array()},
      {"AssociatedRoles", Json::array()},
      {"DbInstancePort", 0},
      {"CustomerOwnedIpEnabled", false},
      {"ActivityStreamStatus", "stopped"},
      {"IsStorageConfigUpgradeAvailable", false},
  };
  return instance;
}

void settle_software(RequestContext& context, const Engine& engine, const ChosenVersion& version, const Input& input,
                     Json& document) {
  document["Engine"] = engine.name;
  document["EngineVersion"] = version.version->version;
  document["LicenseModel"] = input.str("LicenseModel", engine.license);
  check_license(engine, document.at("LicenseModel"));
  document["AutoMinorVersionUpgrade"] = input.flag("AutoMinorVersionUpgrade", true);
  document["EngineLifecycleSupport"] = input.str("EngineLifecycleSupport", "open-source-rds-extended-support");
  const std::string life = document.at("EngineLifecycleSupport");
  if (life != "open-source-rds-extended-support" && life != "open-source-rds-extended-support-disabled")
    throw invalid_parameter_value("Invalid value for EngineLifecycleSupport: " + life);
  const std::string options = input.str("OptionGroupName", default_option_group(engine, *version.major));
  check_option_group(engine, version, options);
  document["OptionGroupMemberships"] = Json::array({Json{{"OptionGroupName", options}, {"Status", "in-sync"}}});
  const std::string parameters = group_for(context, input.str("DBParameterGroupName"), *version.major);
  document["DBParameterGroups"] =
      Json::array({Json{{"DBParameterGroupName", parameters}, {"ParameterApplyStatus", "in-sync"}}});
  if (const auto logs = input.strings("EnableCloudwatchLogsExports"); !logs.empty()) {
    check_log_types(engine, version, logs);
    document["EnabledCloudwatchLogsExports"] = logs;
  }
}

void settle_backup(const Input& input, const std::string& identifier, Json& document) {
  const std::int64_t days =
      input.integer("BackupRetentionPeriod", document.value("BackupRetentionPeriod", std::int64_t{1}));
  check_range("BackupRetentionPeriod", days, 0, 35);
  const Windows windows =
      settle_windows(input.str("PreferredBackupWindow", document.value("PreferredBackupWindow", "")),
                     input.str("PreferredMaintenanceWindow"), identifier);
  document["BackupRetentionPeriod"] = days;
  document["PreferredBackupWindow"] = windows.backup;
  document["PreferredMaintenanceWindow"] = windows.maintenance;
  document["CopyTagsToSnapshot"] = input.flag("CopyTagsToSnapshot");
  document["BackupTarget"] = input.str("BackupTarget", "region");
  if (document.at("BackupTarget") != "region")
    throw invalid_parameter_combination("The backup target " + input.str("BackupTarget") +
                                        " requires an instance on Outposts.");
}

void settle_encryption(RequestContext& context, const Input& input, Json& document) {
  const bool on = input.flag("StorageEncrypted");
  const std::string key = input.str("KmsKeyId");
  if (!on && !key.empty())
    throw invalid_parameter_combination("You can't specify KmsKeyId when StorageEncrypted is false.");
  document["StorageEncrypted"] = on;
  if (on) document["KmsKeyId"] = key_arn(context, key);
}

void settle_access(RequestContext& context, const Input& input, storage::Resource& instance) {
  Json& document = instance.document;
  const std::string authority = checked_certificate(context, input.str("CACertificateIdentifier"), instance.arn);
  document["CACertificateIdentifier"] = authority;
  // The server's own certificate lives a year and is renewed by RDS.
  document["CertificateDetails"] = {{"CAIdentifier", authority}, {"ValidTill", aws::seconds(context.now + kYear)}};
  document["IAMDatabaseAuthenticationEnabled"] = input.flag("EnableIAMDatabaseAuthentication");
  document["DeletionProtection"] = input.flag("DeletionProtection");
}

void settle_port(RequestContext& context, const Input& input, std::int64_t port, storage::Resource& instance) {
  port = input.integer("Port", port);
  check_range("Port", port, 1150, 65535);
  place_endpoint(context, instance, port);
}

void settle_promotion_tier(const Input& input, Json& document) {
  const auto tier = input.find_integer("PromotionTier");
  if (!tier) return;
  check_range("PromotionTier", *tier, 0, 15);
  document["PromotionTier"] = *tier;
}

storage::Tags all_tags(const Input& input, const std::string& type) {
  storage::Tags tags = read_tags(input);
  for (const Input& specification : input.objects("TagSpecifications")) {
    if (specification.str("ResourceType") != type)
      throw not_built("TagSpecifications of type " + specification.str("ResourceType"));
    for (const auto& [key, value] : read_tags(specification)) tags[key] = value;
  }
  return tags;
}

void launch(RequestContext& context, storage::Resource& instance, const storage::Tags& tags) {
  reattach(context, instance);
  take_force(context, instance);
  begin_transition(instance, Transition::creating);
  poke(context);
  context.resources().put(instance);
  context.resources().tag(kInstance, instance.id, tags);
  relink(context, instance);
  give_advice(context, instance);
}

}  // namespace orrery::rds
