#include "services/dynamodb/replicas.hpp"

#include <set>

#include "aws/ids.hpp"
#include "registry/findings.hpp"
#include "services/dynamodb/autoscaling.hpp"
#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/stream.hpp"
#include "services/dynamodb/strong_group.hpp"

namespace orrery::dynamodb {

namespace {

/// Among the hidden members: when replicas that still exist were made from this table, by region.
constexpr const char* kSourceOf = "SourceOf";

bool has_replica(const Json& document, const std::string& region) {
  const Json replicas = document.value("Replicas", Json::array());
  return std::any_of(replicas.begin(), replicas.end(), [&](const Json& one) { return one.at("RegionName") == region; });
}

void add_replica(Json& document, const std::string& region) {
  document["GlobalTableVersion"] = "2019.11.21";
  document["Replicas"].push_back({{"RegionName", region}});
  document.erase("GlobalTableSettingsReplicationMode");  // of regional tables
}

void remove_replica(storage::Resource& table, const std::string& region) {
  Json& document = table.document;
  if (table.hidden.contains(kSourceOf)) table.hidden[kSourceOf].erase(region);
  if (!document.contains("Replicas")) return;
  Json left = Json::array();
  for (auto& replica : document["Replicas"]) {
    if (replica.at("RegionName") != region) left.push_back(std::move(replica));
  }
  if (left.empty()) {
    for (const char* member : {"Replicas", "GlobalTableVersion", "MultiRegionConsistency", "GlobalTableWitnesses"})
      document.erase(member);
  } else {
    document["Replicas"] = std::move(left);
  }
}

/// A read capacity, or a maximum of reads, of its own, for the replica or one of its indexes.
void override_reads(RequestContext& context, const Input& action, const std::string& mode, const std::string& arn,
                    Json& described) {
  if (const auto throughput = action.find_object("ProvisionedThroughputOverride")) {
    const auto units = throughput->find_integer("ReadCapacityUnits");
    if (units && mode == "PROVISIONED") set_capacity(context, arn, described, "ReadCapacityUnits", *units);
  }
  if (const auto maxima = action.find_object("OnDemandThroughputOverride")) {
    const auto units = maxima->find_integer("MaxReadRequestUnits");
    if (!units || mode == "PROVISIONED") return;
    if (!described.contains("OnDemandThroughput")) described["OnDemandThroughput"]["MaxWriteRequestUnits"] = -1;
    described["OnDemandThroughput"]["MaxReadRequestUnits"] = *units;
  }
}

void set_class(const RequestContext& context, Json& document, const std::string& table_class) {
  document["TableClassSummary"] = {{"TableClass", table_class}, {"LastUpdateDateTime", context.timestamp()}};
}

/// The class that a replica has already is no change.
void note_replica_class(RequestContext& context, storage::Resource& replica, const std::string& table_class) {
  const Json summary = replica.document.value("TableClassSummary", Json::object());
  if (summary.value("TableClass", "STANDARD") != table_class)
    note_class_change(context, replica, "Limit exceeded for replica in " + context.region + ". ");
}

/// What a replica may have of its own; in its region.
void override_replica(RequestContext& context, const Input& action, storage::Resource& replica) {
  Json& document = replica.document;
  if (const auto table_class = action.find_str("TableClassOverride")) {
    set_class(context, document, *table_class);
    replica.hidden[kOwnClass] = true;
  }
  const std::string mode = billing_mode(document);
  override_reads(context, action, mode, replica.arn, document);
  for (const auto& override : action.objects("GlobalSecondaryIndexes")) {
    Json none;  // the overrides of an index that does not exist are taken, and go for nothing
    Json* index = find_index(document, override.str("IndexName"));
    override_reads(context, override, index ? mode : "", replica.arn + "/index/" + override.str("IndexName"),
                   index ? *index : none);
  }
}

/// A table like `source` in the context's region, with its items.
void make_replica(RequestContext& context, const Input& action, const storage::Resource& source, Json encryption) {
  storage::Resource resource;
  resource.kind = Table::kKind;
  resource.id = source.id;
  resource.arn = context.arn("table/" + source.id);
  resource.created = context.now;
  resource.document = source.document;
  Json& document = resource.document;
  for (const char* member :
       {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel", "RestoreSummary", "SSEDescription"})
    document.erase(member);
  if (!encryption.is_null()) document["SSEDescription"] = std::move(encryption);
  document["TableArn"] = resource.arn;
  document["TableId"] = aws::uuid();
  document["CreationDateTime"] = context.timestamp();
  document["DeletionProtectionEnabled"] = false;
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!document.contains(member)) continue;
    for (auto& index : document[member])
      index["IndexArn"] = resource.arn + "/index/" + index.at("IndexName").get<std::string>();
  }
  override_replica(context, action, resource);
  allocate_ids(context, resource);
  copy_write_scaling(source, resource);
  if (source.hidden.contains("TimeToLive")) resource.hidden["TimeToLive"] = source.hidden.at("TimeToLive");
  if (const auto stream = source.document.find("StreamSpecification"); stream != source.document.end())
    open_stream(context, resource, stream->at("StreamViewType").get<std::string>());
  begin_creation(context, resource);
  context.resources().put(resource);
  const Table table = table_of(std::move(resource));
  ItemStore store(context.tx);
  store.copy(source.hidden.at("Id").get<std::int64_t>(), table.id);
  fill_indexes(context, table);
  if (!table.expiry.empty()) store.fill_expiry(table);
}

void visit_table(RequestContext& context, const std::string& region, const std::string& name,
                 const std::function<void(Table)>& visit) {
  const InRegion there(context, region);
  if (auto table = find_table(context, name)) visit(std::move(*table));
}

bool exists_in(RequestContext& context, const std::string& region, const std::string& name) {
  const InRegion there(context, region);
  return context.resources().exists(Table::kKind, name);
}

/// AWS's words: hashicorp/terraform-provider-aws, issue 13097, and aws-controllers-k8s' notes on DynamoDB.
void note_capacity(RequestContext& context, const storage::Resource& table) {
  static constexpr Rule kReplicaCapacity{"dynamodb-replica-capacity",
                                         "https://github.com/hashicorp/terraform-provider-aws/issues/13097"};
  if (billing_mode(table.document) == "PAY_PER_REQUEST") return;
  const auto scaled = [&](const std::string& index) {
    return scaling_settings(table, index, Scaled::writes).contains("MaximumUnits");
  };
  const auto note = [&](const std::string& what) {
    would_refuse(context, kReplicaCapacity, table.arn,
                 validation(what + " write capacity should either be Pay-Per-Request or AutoScaled."));
  };
  if (!scaled("")) return note("Table");
  for (const auto& index : table.document.value("GlobalSecondaryIndexes", Json::array())) {
    if (!scaled(index.at("IndexName").get<std::string>())) return note("GSI");
  }
}

/// No replica is made while the key of another cannot be used.
void check_replica_keys(RequestContext& context, const Json& document) {
  for_each_replica(context, document, [&](const Table& replica) {
    const auto sse = replica.document().find("SSEDescription");
    if (sse == replica.document().end()) return;
    const auto key = context.peers.kms->key(context, sse->at("KMSMasterKeyArn"));
    if (key && key->state != "Enabled") throw replica_encryption_updating();
  });
}

void create_replica(RequestContext& context, const Input& action, storage::Resource& table) {
  const std::string region = action.str("RegionName"), home = context.region;
  check_replica_region(context, table.id, region);
  check_new_replica_region(context, region);
  if (exists_in(context, region, table.id))
    throw validation("Failed to create a the new replica of table with name: ‘" + table.id +
                     "’ because one or more replicas already existed as tables.");
  note_capacity(context, table);
  const ReplicaKeys keys = replica_keys(context, table.document);
  check_replica_keys(context, table.document);
  // With strong consistency no stream carries the writes (developer guide, "Multi-Region strong consistency").
  if (!table.document.contains("StreamSpecification") && !is_strong_group(table.document))
    open_stream(context, table, "NEW_AND_OLD_IMAGES");
  storage::Resource source = table;
  add_replica(source.document, home);
  {
    const InRegion there(context, region);
    make_replica(context, action, source, replica_encryption(context, action.find_str("KMSMasterKeyId"), keys));
  }
  for_each_replica(context, table.document, [&](Table other) {
    add_replica(other.document(), region);
    context.resources().put(other.resource);
  });
  add_replica(table.document, region);
  table.hidden[kSourceOf][region] = context.now;
}

void check_member(const storage::Resource& table, const std::string& region) {
  if (has_replica(table.document, region)) return;
  // Of a table without replicas; Terraform's provider looks for these words when it deletes one whose replica is gone.
  if (!table.document.contains("Replicas"))
    throw validation("Replica specified in the Replica Update or Replica Delete action of the request was not found.");
  throw validation(
      "Update global table operation failed because one or more replicas were not part of the global table. Please "
      "retry the request without these replicas: [" +
      region + "].");
}

void delete_replica(RequestContext& context, const Input& action, storage::Resource& table) {
  const std::string region = action.str("RegionName");
  check_replica_region(context, table.id, region);
  check_member(table, region);
  visit_table(context, region, table.id, [&](Table replica) {
    check_unprotected(context, replica);
    check_no_source(context, replica);
    erase_table(context, std::move(replica));
  });
  remove_replica(table, region);
  for_each_replica(context, table.document, [&](Table other) {
    remove_replica(other.resource, region);
    context.resources().put(other.resource);
  });
}

/// The overrides of an Update, for the replica or one of its indexes; in its region.
void check_overrides(RequestContext& context, const Input& action, const std::string& mode, const std::string& index) {
  if (action.has("ProvisionedThroughputOverride") && mode == "PAY_PER_REQUEST")
    throw validation(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
  check_capacity(context, action.find_object("ProvisionedThroughputOverride"), index);
  if (const auto maxima = action.find_object("OnDemandThroughputOverride"))
    check_on_demand_maxima(context, *maxima, mode, index);
}

void update_replica(RequestContext& context, const Input& action, const storage::Resource& table) {
  const std::string region = action.str("RegionName"), mode = billing_mode(table.document);
  if (region == context.region && action.has("KMSMasterKeyId")) return;  // change_replica_keys() has done it
  check_member(table, region);
  visit_table(context, region, table.id, [&](Table replica) {
    check_overrides(context, action, mode, "");
    for (const auto& override : action.objects("GlobalSecondaryIndexes")) {
      const std::string name = override.str("IndexName");
      if (!find_index(replica.document(), name))
        throw validation("The table does not have the specified index: " + name);
      check_overrides(context, override, mode, name);
    }
    if (const auto table_class = action.find_str("TableClassOverride"))
      note_replica_class(context, replica.resource, *table_class);
    override_replica(context, action, replica.resource);
    context.resources().put(replica.resource);
  });
}

/// The keys that the Updates name, by region.
std::map<std::string, std::string> keys_named(const Input& input) {
  std::map<std::string, std::string> keys;
  for (const auto& update : input.objects("ReplicaUpdates")) {
    const auto change = update.find_object("Update");
    if (!change) continue;
    if (const auto key = change->find_str("KMSMasterKeyId")) keys[change->str("RegionName")] = *key;
  }
  return keys;
}

}  // namespace

void check_unprotected(const RequestContext& context, const Table& table) {
  if (!table.document().value("DeletionProtectionEnabled", false)) return;
  if (table.document().contains("Replicas"))
    throw validation("Cannot delete table " + table.name + " in region " + context.region +
                     " because it has deletion protection enabled. Disable deletion protection first.");
  throw validation(
      "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
}

void check_no_source(RequestContext& context, const Table& table) {
  static constexpr Rule kReplicaSource{
      "dynamodb-replica-source",
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html"};
  constexpr aws::Millis kDay = 86'400'000;
  const Json made = table.resource.hidden.value(kSourceOf, Json::object());
  for (const auto& [region, time] : made.items()) {
    if (!has_replica(table.document(), region) || context.now >= time.get<aws::Millis>() + kDay) continue;
    would_refuse(
        context, kReplicaSource, table.arn,
        validation("Replica cannot be deleted because it has acted as a source region for new replica(s) being "
                   "added to the table in the last 24 hours."));
    return;
  }
}

void check_replicas_settled(RequestContext& context, const Json& document) {
  for_each_replica(context, document, [&](const Table& replica) { check_settled(context, replica.resource); });
}

void share_class(RequestContext& context, storage::Resource& table) {
  const std::string table_class = table.document.at("TableClassSummary").at("TableClass").get<std::string>();
  table.hidden[kOwnClass] = true;
  for_each_replica(context, table.document, [&](Table replica) {
    note_replica_class(context, replica.resource, table_class);
    set_class(context, replica.document(), table_class);
    context.resources().put(replica.resource);
  });
}

void for_each_replica(RequestContext& context, const Json& document, const std::function<void(Table)>& visit) {
  const auto replicas = document.find("Replicas");
  if (replicas == document.end()) return;
  for (const auto& replica : *replicas)
    visit_table(context, replica.at("RegionName").get<std::string>(), document.at("TableName").get<std::string>(),
                visit);
}

void for_each_legacy_replica(RequestContext& context, const Table& table, const std::function<void(Table)>& visit) {
  for (const auto& region : table.legacy_replicas.value_or(std::vector<std::string>{}))
    visit_table(context, region, table.name, visit);
}

void update_replicas(RequestContext& context, const Input& input, storage::Resource& table) {
  if (input.has("ReplicaUpdates") && table.hidden.contains("LegacyReplicas"))
    throw validation("Table " + table.id +
                     " is a replica of a global table of version 2017.11.29. Use UpdateGlobalTable to add or remove "
                     "replicas.");
  if (const auto keys = keys_named(input); !keys.empty()) {
    for (const auto& [region, key] : keys) {
      if (region != context.region) check_member(table, region);
    }
    change_replica_keys(context, keys, table);
  }
  begin_strong_group(input, table.document);
  std::set<std::string> created;
  for (const auto& update : input.objects("ReplicaUpdates")) {
    const auto creation = update.find_object("Create");  // one that is repeated is one
    if (creation && created.insert(creation->str("RegionName")).second) create_replica(context, *creation, table);
    if (const auto removal = update.find_object("Delete")) delete_replica(context, *removal, table);
    if (const auto change = update.find_object("Update")) update_replica(context, *change, table);
  }
}

void leave_replicas(RequestContext& context, const storage::Resource& table) {
  const std::string home = context.region;
  for_each_replica(context, table.document, [&](Table other) {
    remove_replica(other.resource, home);
    context.resources().put(other.resource);
  });
}

void erase_table(RequestContext& context, Table table) {
  if (table.recovery_log != 0) {
    keep_deleted_table(context, table);
    ChangeLog(context.tx).drop(table.recovery_log);
  }
  close_stream(context, table.resource);
  ItemStore(context.tx).drop(table);
  context.resources().erase(Table::kKind, table.name);
}

}  // namespace orrery::dynamodb
