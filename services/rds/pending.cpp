#include "services/rds/pending.hpp"

#include "services/rds/windows.hpp"

namespace orrery::rds {

namespace {

// Members that a deferred modification changes; several change together (a class brings nothing, a new major version
// brings option and parameter groups, a subnet group brings zone and security groups).
constexpr const char* kDeferred[] = {"AllocatedStorage",
                                     "CACertificateIdentifier",
                                     "CertificateDetails",
                                     "DBInstanceClass",
                                     "DBInstanceIdentifier",
                                     "DedicatedLogVolume",
                                     "EngineVersion",
                                     "IAMDatabaseAuthenticationEnabled",
                                     "Iops",
                                     "LicenseModel",
                                     "MultiAZ",
                                     "OptionGroupMemberships",
                                     "SecondaryAvailabilityZone",
                                     "StorageThroughput",
                                     "StorageType"};
constexpr const char* kWithVersion[] = {"DBParameterGroups"};
constexpr const char* kWithSubnetGroup[] = {"DBSubnetGroup", "AvailabilityZone", "VpcSecurityGroups"};

// What PendingModifiedValues shows of them.
constexpr const char* kShown[] = {"AllocatedStorage",
                                  "BackupRetentionPeriod",
                                  "CACertificateIdentifier",
                                  "DBInstanceClass",
                                  "DBInstanceIdentifier",
                                  "DedicatedLogVolume",
                                  "EngineVersion",
                                  "Iops",
                                  "IAMDatabaseAuthenticationEnabled",
                                  "LicenseModel",
                                  "MultiAZ",
                                  "StorageThroughput",
                                  "StorageType"};

void put_or_erase(Json& document, const std::string& member, const Json& value) {
  if (value.is_null())
    document.erase(member);
  else
    document[member] = value;
}

Json member_of(const Json& document, const char* member) { return document.value(member, Json()); }

/// Takes `member` back to its value of before; what it was to become goes into `pending`.
void take_back(const Json& before, Json& document, Json& pending, const char* member) {
  const Json was = member_of(before, member), wanted = member_of(document, member);
  if (was == wanted) return;
  pending[member] = wanted;
  put_or_erase(document, member, was);
}

Json shown(const Json& pending) {
  Json out = Json::object();
  for (const char* member : kShown)
    if (pending.contains(member) && !pending.at(member).is_null()) out[member] = pending.at(member);
  if (pending.contains("DBSubnetGroup")) out["DBSubnetGroupName"] = pending.at("DBSubnetGroup").at("DBSubnetGroupName");
  return out;
}

}  // namespace

void lay_pending(storage::Resource& instance) {
  const Json pending = instance.hidden.value("pending", Json::object());
  for (const auto& [member, value] : pending.items()) put_or_erase(instance.document, member, value);
}

void defer(RequestContext& context, const storage::Resource& before, storage::Resource& wanted) {
  Json pending = Json::object();
  const Json& was = before.document;
  Json& document = wanted.document;
  const std::string old_version = was.at("EngineVersion"), new_version = document.at("EngineVersion");
  // The parameter group's name changes at once unless the new version brings it.
  if (old_version.substr(0, old_version.find('.')) != new_version.substr(0, new_version.find('.')))
    for (const char* member : kWithVersion) take_back(was, document, pending, member);
  if (was.at("DBSubnetGroup") != document.at("DBSubnetGroup"))
    for (const char* member : kWithSubnetGroup) take_back(was, document, pending, member);
  // "If you change the parameter from one non-zero value to another non-zero value, the change is asynchronously
  // applied as soon as possible."
  if ((was.at("BackupRetentionPeriod") == 0) != (document.at("BackupRetentionPeriod") == 0))
    take_back(was, document, pending, "BackupRetentionPeriod");
  for (const char* member : kDeferred) take_back(was, document, pending, member);
  if (pending.empty()) return forget_pending(wanted);
  wanted.hidden["pending"] = pending;
  wanted.hidden["pending_since"] = before.hidden.value("pending_since", context.now);
  document["PendingModifiedValues"] = shown(pending);
}

void forget_pending(storage::Resource& instance) {
  instance.hidden.erase("pending");
  instance.hidden.erase("pending_since");
  instance.document["PendingModifiedValues"] = Json::object();
}

bool maintenance_due(RequestContext& context, const storage::Resource& instance) {
  const auto since = instance.hidden.find("pending_since");
  return since != instance.hidden.end() &&
         context.now >= next_maintenance(instance.document.at("PreferredMaintenanceWindow"), since->get<aws::Millis>());
}

}  // namespace orrery::rds
