#include "services/dynamodb/replicas.hpp"

#include "aws/ids.hpp"
#include "registry/findings.hpp"
#include "services/dynamodb/autoscaling.hpp"
#include "services/dynamodb/backup.hpp"
#include "services/dynamodb/change_log.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/stream.hpp"
#include "services/dynamodb/strong_group.hpp"

namespace orrery::dynamodb {

namespace {

Json* find_replica(Json& document, const std::string& region) {
  if (!document.contains("Replicas")) return nullptr;
  for (auto& replica : document["Replicas"]) {
    if (replica.at("RegionName") == region) return &replica;
  }
  return nullptr;
}

void add_replica(Json& document, Json replica) {
  document["GlobalTableVersion"] = "2019.11.21";
  document["Replicas"].push_back(std::move(replica));
}

void remove_replica(Json& document, const std::string& region) {
  if (!document.contains("Replicas")) return;
  Json left = Json::array();
  for (auto& replica : document["Replicas"]) {
    if (replica.at("RegionName") != region) left.push_back(std::move(replica));
  }
  if (left.empty()) {
    document.erase("Replicas");
    for (const char* member : {"GlobalTableVersion", "MultiRegionConsistency", "GlobalTableWitnesses"})
      document.erase(member);
  } else {
    document["Replicas"] = std::move(left);
  }
}

/// What a replica may have of its own.
void apply_overrides(RequestContext& context, const Input& action, Json& replica) {
  if (const auto key = action.find_str("KMSMasterKeyId")) replica["KMSMasterKeyId"] = *key;
  for (const char* member : {"ProvisionedThroughputOverride", "OnDemandThroughputOverride", "GlobalSecondaryIndexes"}) {
    if (action.has(member)) replica[member] = action.json(member);
  }
  if (const auto table_class = action.find_str("TableClassOverride"))
    replica["ReplicaTableClassSummary"] = {{"TableClass", *table_class}, {"LastUpdateDateTime", context.timestamp()}};
}

Json replica_description(const std::string& region) { return {{"RegionName", region}, {"ReplicaStatus", "ACTIVE"}}; }

/// The key of the replica's region: the one named, or DynamoDB's own there.
void encrypt_replica(RequestContext& context, const Input& action, Json& document) {
  const auto key = action.find_str("KMSMasterKeyId");
  if (!key && !document.contains("SSEDescription")) return;
  const auto info = context.peers.kms->key(context, key.value_or("alias/aws/dynamodb"));
  if (!info) throw validation("KMS validation error: Key '" + *key + "' does not exist");
  document["SSEDescription"] = {{"Status", "ENABLED"}, {"SSEType", "KMS"}, {"KMSMasterKeyArn", info->arn}};
}

/// A read capacity of its own, for the replica or one of its indexes.
void override_reads(const Input& action, Json& document) {
  if (const auto throughput = action.find_object("ProvisionedThroughputOverride")) {
    if (const auto units = throughput->find_integer("ReadCapacityUnits"))
      document["ProvisionedThroughput"]["ReadCapacityUnits"] = *units;
  }
  if (const auto maxima = action.find_object("OnDemandThroughputOverride")) {
    if (const auto units = maxima->find_integer("MaxReadRequestUnits"))
      document["OnDemandThroughput"]["MaxReadRequestUnits"] = *units;
  }
}

/// The same overrides as the replica's own table has them; in its region.
void override_table(RequestContext& context, const Input& action, Json& document) {
  if (action.has("KMSMasterKeyId")) encrypt_replica(context, action, document);
  if (const auto table_class = action.find_str("TableClassOverride"))
    document["TableClassSummary"] = {{"TableClass", *table_class}, {"LastUpdateDateTime", context.timestamp()}};
  override_reads(action, document);
  for (const auto& override : action.objects("GlobalSecondaryIndexes")) {
    const std::string name = override.str("IndexName");
    Json* found = find_index(document, name);
    if (!found) throw validation("The table does not have the specified index: " + name);
    override_reads(override, *found);
  }
}

/// A table like `source` in the context's region, with its items.
void make_replica(RequestContext& context, const Input& action, const storage::Resource& source) {
  storage::Resource resource;
  resource.kind = Table::kKind;
  resource.id = source.id;
  resource.arn = context.arn("table/" + source.id);
  resource.created = context.now;
  resource.document = source.document;
  Json& document = resource.document;
  for (const char* member : {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel", "RestoreSummary"})
    document.erase(member);
  document["TableArn"] = resource.arn;
  document["TableId"] = aws::uuid();
  document["CreationDateTime"] = context.timestamp();
  document["DeletionProtectionEnabled"] = false;
  for (const char* member : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!document.contains(member)) continue;
    for (auto& index : document[member])
      index["IndexArn"] = resource.arn + "/index/" + index.at("IndexName").get<std::string>();
  }
  if (!action.has("KMSMasterKeyId")) encrypt_replica(context, action, document);
  override_table(context, action, document);
  allocate_ids(context, resource);
  copy_write_scaling(source, resource);
  if (source.hidden.contains("TimeToLive")) resource.hidden["TimeToLive"] = source.hidden.at("TimeToLive");
  if (const auto stream = source.document.find("StreamSpecification"); stream != source.document.end())
    open_stream(context, resource, stream->at("StreamViewType").get<std::string>());
  context.resources().put(resource);
  const Table table = table_of(std::move(resource));
  ItemStore store(context.tx);
  store.copy(source.hidden.at("Id").get<std::int64_t>(), table.id);
  fill_indexes(context, table);
  if (!table.expiry.empty()) store.fill_expiry(table);
}

/// AWS's words: hashicorp/terraform-provider-aws, issue 13097.
void note_capacity(RequestContext& context, const storage::Resource& table) {
  static constexpr Rule kReplicaCapacity{"dynamodb-replica-capacity",
                                         "https://github.com/hashicorp/terraform-provider-aws/issues/13097"};
  if (billing_mode(table.document) == "PAY_PER_REQUEST") return;
  if (scaling_settings(table, "", Scaled::writes).contains("MaximumUnits")) return;
  would_refuse(context, kReplicaCapacity, table.arn,
               validation("Table write capacity should either be Pay-Per-Request or AutoScaled."));
}

void create_replica(RequestContext& context, const Input& action, storage::Resource& table) {
  const std::string region = action.str("RegionName"), home = context.region;
  if (region == home)
    throw validation(
        "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, "
        "or UpdateTable as required.");
  note_capacity(context, table);
  // With strong consistency no stream carries the writes (developer guide, "Multi-Region strong consistency").
  if (!is_strong_group(table.document)) {
    if (!table.document.contains("StreamSpecification")) open_stream(context, table, "NEW_AND_OLD_IMAGES");
    if (table.document.at("StreamSpecification").at("StreamViewType") != "NEW_AND_OLD_IMAGES")
      throw validation("Table " + table.id + " must have a stream with the view type NEW_AND_OLD_IMAGES");
  }
  storage::Resource source = table;
  add_replica(source.document, replica_description(home));
  {
    const InRegion there(context, region);
    if (context.resources().exists(Table::kKind, table.id))
      throw validation("Failed to create a the new replica of table with name: '" + table.id +
                       "' because one or more replicas already existed as tables.");
    make_replica(context, action, source);
  }
  for_each_replica(context, table.document, [&](Table other) {
    add_replica(other.document(), replica_description(region));
    context.resources().put(other.resource);
  });
  Json replica = replica_description(region);
  apply_overrides(context, action, replica);
  add_replica(table.document, std::move(replica));
}

Json& require_replica(storage::Resource& table, const std::string& region) {
  Json* replica = find_replica(table.document, region);
  if (!replica)  // the provider looks for these words
    throw validation("Replica specified in the Replica Update or Replica Delete action of the request was not found.");
  return *replica;
}

void delete_replica(RequestContext& context, const Input& action, storage::Resource& table) {
  const std::string region = action.str("RegionName");
  require_replica(table, region);
  {
    const InRegion there(context, region);
    if (auto replica = find_table(context, table.id)) {
      check_unprotected(*replica);
      erase_table(context, std::move(*replica));
    }
  }
  remove_replica(table.document, region);
  for_each_replica(context, table.document, [&](Table other) {
    remove_replica(other.document(), region);
    context.resources().put(other.resource);
  });
}

void visit_table(RequestContext& context, const std::string& region, const std::string& name,
                 const std::function<void(Table)>& visit) {
  const InRegion there(context, region);
  if (auto table = find_table(context, name)) visit(std::move(*table));
}

void update_replica(RequestContext& context, const Input& action, storage::Resource& table) {
  const std::string region = action.str("RegionName");
  apply_overrides(context, action, require_replica(table, region));
  visit_table(context, region, table.id, [&](Table replica) {
    override_table(context, action, replica.document());
    context.resources().put(replica.resource);
  });
}

}  // namespace

void check_unprotected(const Table& table) {
  if (table.document().value("DeletionProtectionEnabled", false)) {
    throw validation(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
  }
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
  begin_strong_group(input, table.document);
  for (const auto& update : input.objects("ReplicaUpdates")) {
    if (const auto creation = update.find_object("Create")) create_replica(context, *creation, table);
    if (const auto removal = update.find_object("Delete")) delete_replica(context, *removal, table);
    if (const auto change = update.find_object("Update")) update_replica(context, *change, table);
  }
}

void leave_replicas(RequestContext& context, const storage::Resource& table) {
  const std::string home = context.region;
  for_each_replica(context, table.document, [&](Table other) {
    remove_replica(other.document(), home);
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
