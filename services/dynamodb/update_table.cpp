#include <set>

#include "services/dynamodb/autoscaling.hpp"
#include "services/dynamodb/contributor_insights.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/replicas.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/strong_group.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kIndexesOfTable = 20;

/// A throughput that is what it was.
AwsError unchanged(const std::string& of, const Json& held, const Json& asked) {
  std::string text =
      "The provisioned throughput for the " + of + " will not change. The requested value equals the current value.";
  for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits"}) {
    text += " Current " + std::string(member) + " provisioned for the " + of + ": " + held.at(member).dump() +
            ". Requested " + member + ": " + asked.at(member).dump() + ".";
  }
  return validation(
      text + " Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.");
}

bool same_units(const Json& a, const Json& b) {
  return a.at("ReadCapacityUnits") == b.at("ReadCapacityUnits") &&
         a.at("WriteCapacityUnits") == b.at("WriteCapacityUnits");
}

/// Whoever provisions an on-demand table says what each of its indexes is to have, too.
void check_indexes_provisioned(const Input& input, const Json& document) {
  std::set<std::string> named;
  for (const auto& update : input.objects("GlobalSecondaryIndexUpdates")) {
    const auto change = update.find_object("Update"), removal = update.find_object("Delete");
    if (change && change->has("ProvisionedThroughput")) named.insert(change->str("IndexName"));
    if (removal) named.insert(removal->str("IndexName"));
  }
  for (const auto& index : document.value("GlobalSecondaryIndexes", Json::array())) {
    const auto name = index.at("IndexName").get<std::string>();
    if (!named.contains(name)) throw invalid_parameter("ProvisionedThroughput must be specified for index: " + name);
  }
}

/// Of the table that is asked to change. Replicas may have what it is to get: their reads scale on their own.
void check_throughput_changes(const Input& input, Json& document) {
  const auto provisioned = input.find_object("ProvisionedThroughput");
  if (provisioned && input.str("BillingMode") != "PAY_PER_REQUEST" && !input.has("GlobalSecondaryIndexUpdates")) {
    const Json &held = document.at("ProvisionedThroughput"), asked = throughput(provisioned);
    if (same_units(asked, held)) throw unchanged("table", held, asked);
  }
  for (const auto& one : input.objects("GlobalSecondaryIndexUpdates")) {
    const Input update = one.object("Update");
    const Json* index = find_index(document, update.str("IndexName"));
    if (!index || !update.has("ProvisionedThroughput")) continue;
    const Json &held = index->at("ProvisionedThroughput"),
               asked = throughput(update.find_object("ProvisionedThroughput"));
    if (same_units(asked, held)) throw unchanged("index " + update.str("IndexName"), held, asked);
  }
}

void update_billing(RequestContext& context, const Input& input, Json& document) {
  const auto mode = input.find_str("BillingMode");
  const auto provisioned = input.find_object("ProvisionedThroughput");
  const std::string before = billing_mode(document);
  const std::string after = mode.value_or(before);
  if (provisioned && after == "PAY_PER_REQUEST") {
    throw invalid_parameter(
        mode ? "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST"
             : "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
  }
  if (mode == "PROVISIONED" && !provisioned)
    throw invalid_parameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  if (mode == "PROVISIONED" && before != after) check_indexes_provisioned(input, document);
  check_capacity(context, provisioned);
  if (provisioned) {
    document["ProvisionedThroughput"] =
        changed_throughput(context, document.at("TableArn"), document.at("ProvisionedThroughput"), *provisioned);
  }
  if (before != after) change_billing_mode(context, document, after);
  warm_at_least(document, after);
}

AwsError index_not_found(const std::string& name, const Json& document) {
  return {"ResourceNotFoundException", 400,
          "Requested resource not found: Index " + name + " for table " + document.at("TableName").get<std::string>()};
}

/// Local indexes last as long as their table.
void check_not_local(const std::string& name, const char* action, const Json& document) {
  for (const auto& index : document.value("LocalSecondaryIndexes", Json::array())) {
    if (index.at("IndexName") == name)
      throw validation(std::string("Cannot ") + action + " an index that is not a GlobalSecondaryIndex: " + name);
  }
}

/// On-demand tables' indexes have no capacity to change.
void check_index_mode(const Input& update, const Json& document) {
  if (billing_mode(document) == "PROVISIONED") return;
  if (!update.has("ProvisionedThroughput") &&
      (asks_for(update, "OnDemandThroughput") || asks_for(update, "WarmThroughput")))
    return;
  throw invalid_parameter("The only Updates for index: " + update.str("IndexName") +
                          " when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput");
}

void check_something(const Input& input) {
  static constexpr const char* kChanges[] = {"ProvisionedThroughput",
                                             "BillingMode",
                                             "StreamSpecification",
                                             "GlobalSecondaryIndexUpdates",
                                             "SSESpecification",
                                             "ReplicaUpdates",
                                             "DeletionProtectionEnabled",
                                             "OnDemandThroughput",
                                             "WarmThroughput",
                                             "TableClass",
                                             "GlobalTableSettingsReplicationMode"};
  if (std::any_of(std::begin(kChanges), std::end(kChanges), [&](const char* one) { return asks_for(input, one); }))
    return;
  if (input.has("WarmThroughput") ||
      input.has("OnDemandThroughput"))  // empty; so AWS does (aws-controllers-k8s' notes)
    throw AwsError("InternalFailure", 500, "");
  throw validation(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
      "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
      "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
      "required");
}

void update_index(RequestContext& context, const Input& update, storage::Resource& resource) {
  Json& document = resource.document;
  Json shown = settled(context, resource, document);
  const std::string name = update.str("IndexName");
  check_not_local(name, "update", document);
  Json* index = find_index(document, name);
  if (!index) throw index_not_found(name, document);
  check_index_mode(update, document);
  if (const auto provisioned = update.find_object("ProvisionedThroughput")) {
    check_capacity(context, provisioned, name);
    Json& held = (*index)["ProvisionedThroughput"];
    held = changed_throughput(context, index->at("IndexArn"), held, *provisioned);
    begin_index_update(context, resource, name);
  }
  if (const auto maxima = update.find_object("OnDemandThroughput")) {
    check_on_demand_maxima(context, *maxima, billing_mode(document), name);
    set_on_demand_maxima(*index, *maxima);
    begin_index_update(context, resource, name);
  }
  if (const auto warm = update.find_object("WarmThroughput")) {
    const Json before = find_index(shown, name)->at("WarmThroughput");
    check_warm_growth(context, *warm, before, name);
    raise_warm_throughput(*index, *warm);
    begin_warming(context, resource, name, before);
  }
  warm_at_least(*index, billing_mode(document));
}

/// What a GlobalSecondaryIndexUpdates may not have, whatever the table.
void check_index_updates(const Input& input) {
  if (!input.has("GlobalSecondaryIndexUpdates")) return;
  const auto updates = input.objects("GlobalSecondaryIndexUpdates");
  if (updates.empty()) throw invalid_parameter("List of GlobalSecondaryIndexUpdates is empty");
  std::set<std::string> names;
  for (const auto& update : updates) {
    std::string name;
    int actions = 0;
    for (const char* action : {"Update", "Create", "Delete"}) {
      if (!update.has(action)) continue;
      ++actions;
      name = update.object(action).str("IndexName");
    }
    if (actions == 0) {
      throw invalid_parameter(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null");
    }
    if (actions > 1)
      throw invalid_parameter(
          "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object");
    if (!names.insert(name).second)
      throw invalid_parameter("Only one global secondary index update per index is allowed simultaneously. Index: " +
                              name);
    const Input change = update.object("Update");
    if (change.has("WarmThroughput") && !asks_for(change, "WarmThroughput")) {
      throw invalid_parameter(
          "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: " +
          name);
    }
  }
}

void delete_index(RequestContext& context, const std::string& name, storage::Resource& resource) {
  check_not_local(name, "delete", resource.document);
  if (!find_index(resource.document, name)) throw index_not_found(name, resource.document);
  Json left = Json::array(), removed;
  for (const auto& index : resource.document.at("GlobalSecondaryIndexes")) {
    if (index.at("IndexName") == name)
      removed = index;
    else
      left.push_back(index);
  }
  if (left.empty()) {
    resource.document.erase("GlobalSecondaryIndexes");
  } else {
    resource.document["GlobalSecondaryIndexes"] = std::move(left);
  }
  ItemStore(context.tx).drop_index(resource.hidden.at("IndexIds").at(name).get<std::int64_t>());
  resource.hidden["IndexIds"].erase(name);
  forget_insights(resource, name);
  begin_index_deletion(context, resource, removed);
}

/// Only a new index looks at AttributeDefinitions; beside any other change AWS ignores whatever they say.
void define_attributes(const Input& input, Json& document) {
  const auto updates = input.objects("GlobalSecondaryIndexUpdates");
  if (std::none_of(updates.begin(), updates.end(), [](const Input& one) { return one.has("Create"); })) {
    input.acknowledge("AttributeDefinitions", "AWS ignores them here");
    return;
  }
  for (const auto& given : input.objects("AttributeDefinitions")) {
    const Json definition = {{"AttributeName", given.str("AttributeName")},
                             {"AttributeType", given.str("AttributeType")}};
    Json& definitions = document["AttributeDefinitions"];
    const auto held = std::find_if(definitions.begin(), definitions.end(), [&](const Json& candidate) {
      return candidate.at("AttributeName") == definition.at("AttributeName");
    });
    if (held == definitions.end()) {
      definitions.push_back(definition);
    } else if (*held != definition) {
      throw invalid_parameter("Attribute definitions cannot be redefined: " + given.str("AttributeName"));
    }
  }
  sort_definitions(document);
}

void update_indexes(RequestContext& context, const Input& input, storage::Resource& resource) {
  for (const auto& update : input.objects("GlobalSecondaryIndexUpdates")) {
    if (const auto change = update.find_object("Update")) update_index(context, *change, resource);
    if (const auto removal = update.find_object("Delete")) delete_index(context, removal->str("IndexName"), resource);
    if (const auto creation = update.find_object("Create")) {
      const std::string name = creation->str("IndexName");
      if (table_of(resource).index(name)) throw validation("Attempting to create an index which already exists");
      if (input.objects("AttributeDefinitions").empty())  // even where the table has them all
        throw invalid_parameter("AttributeDefinitions is not specified for index: " + name);
      if (resource.document.value("GlobalSecondaryIndexes", Json::array()).size() >= kIndexesOfTable) {
        throw AwsError("LimitExceededException", 400,
                       "Subscriber limit exceeded: Number of global secondary indexes exceeds "
                       "per-table limit of " +
                           std::to_string(kIndexesOfTable));
      }
      check_new_index(context, *creation, billing_mode(resource.document), Occasion::update);
      resource.document["GlobalSecondaryIndexes"].push_back(
          global_index_description(*creation, resource.arn, billing_mode(resource.document)));
      resource.hidden["IndexIds"][name] = ItemStore(context.tx).allocate();
      drop_unused_definitions(resource.document);  // of those that came with it, too
      check_description(resource.document);
      const Table table = table_of(resource);
      ItemStore(context.tx).backfill(table, *table.index(name));
      scale_new_index(context, resource, name);
      begin_index_creation(context, resource, name);
    }
  }
}

bool creates_index(const Input& input) {
  const auto updates = input.objects("GlobalSecondaryIndexUpdates");
  return std::any_of(updates.begin(), updates.end(), [](const Input& one) { return one.has("Create"); });
}

/// What keeps the table from being ACTIVE for a while, nullopt for nothing (aws-controllers-k8s' notes on DynamoDB).
std::optional<Work> work_of(const Input& input, const Json& document) {
  const auto mode = input.find_str("BillingMode");
  if (mode && *mode != billing_mode(document))
    return *mode == "PROVISIONED" ? Work::to_provisioned : Work::to_on_demand;
  if (input.has("ProvisionedThroughput")) return Work::capacity;
  if (input.has("StreamSpecification")) return Work::stream;
  if (input.has("ReplicaUpdates")) return Work::other;
  if (document.contains("Replicas") && (input.has("DeletionProtectionEnabled") || input.has("TableClass")))
    return Work::other;
  const auto updates = input.objects("GlobalSecondaryIndexUpdates");
  const bool indexes = std::any_of(updates.begin(), updates.end(),
                                   [](const Input& one) { return one.has("Create") || one.has("Delete"); });
  return indexes ? std::optional(Work::other) : std::nullopt;
}

/// The class that the table has is no change, and counts as none.
void change_class(RequestContext& context, storage::Resource& table, const std::string& to) {
  const Json before = table.document.value("TableClassSummary", Json());
  if (to == (before.is_null() ? "STANDARD" : before.at("TableClass"))) return check_class_changes(context, table);
  note_class_change(context, table);
  table.document["TableClassSummary"] = {{"TableClass", to}, {"LastUpdateDateTime", context.timestamp()}};
  begin_class_change(context, table, to, before);
}

/// AWS takes 15 seconds between two changes; what changes nothing begins no such time.
void set_protection(RequestContext& context, storage::Resource& table, const Json& to) {
  constexpr aws::Millis kBetween = 15'000;
  const aws::Millis next = table.hidden.value("ProtectionChanged", aws::Millis{-kBetween}) + kBetween;
  if (context.settings.lifecycle == Lifecycle::realistic && context.now < next) {
    throw AwsError("ThrottlingException", 400,
                   "Deletion protection setting for table " + table.id + " modified within the previous " +
                       std::to_string(kBetween) + " milliseconds. Please try again after " + aws::iso8601_ms(next));
  }
  if (table.document.at("DeletionProtectionEnabled") == to) return;
  table.document["DeletionProtectionEnabled"] = to;
  table.hidden["ProtectionChanged"] = context.now;
}

/// What all replicas of a global table have in common.
void update_shared(RequestContext& context, const Input& input, storage::Resource& table) {
  if (const auto work = work_of(input, table.document)) begin_update(context, table, *work);
  define_attributes(input, table.document);
  update_billing(context, input, table.document);
  if (const auto maxima = input.find_object("OnDemandThroughput")) {
    check_on_demand_maxima(context, *maxima, billing_mode(table.document));
    set_on_demand_maxima(table.document, *maxima);
  }
  update_indexes(context, input, table);
  drop_unused_definitions(table.document);
}

/// What a table has for the day when it becomes a replica of another account's; in its own account's global table it
/// has no choice.
void set_replication_mode(const Input& input, Json& document) {
  const auto mode = input.find_str("GlobalTableSettingsReplicationMode");
  if (!mode) return;
  if (*mode == "ENABLED_WITH_OVERRIDES") {
    throw validation("Value '" + *mode +
                     "' at 'GlobalTableSettingsReplicationMode' failed to satisfy constraint: Only ENABLED and "
                     "DISABLED settings replication are supported");
  }
  if (document.contains("Replicas"))
    throw invalid_parameter("GlobalTableSettingsReplicationMode can be changed of a regional table only");
  document["GlobalTableSettingsReplicationMode"] = *mode;
}

/// Throughput as UpdateTable answers it: what changes is as it was `before`, for a table or an index.
void throughput_begun(const Input& asked, const Json& before, Json& out) {
  if (asked.has("ProvisionedThroughput")) {
    for (const char* member : {"ReadCapacityUnits", "WriteCapacityUnits", "NumberOfDecreasesToday"})
      out["ProvisionedThroughput"][member] = before.at("ProvisionedThroughput").at(member);
    out["WarmThroughput"] = before.at("WarmThroughput");
  }
  if (!asks_for(asked, "OnDemandThroughput")) return;
  const Input maxima = asked.object("OnDemandThroughput");
  for (const char* member : {"MaxReadRequestUnits", "MaxWriteRequestUnits"}) {
    if (const auto units = maxima.find_integer(member)) out["OnDemandThroughput"][member] = *units;  // a -1 too
  }
}

/// The description while the update goes on, `before` which the table was as said (aws-controllers-k8s' notes).
Json update_begun(RequestContext& context, const Input& input, const Table& table, const Json& before) {
  Json out = described(context, table, Moment::begun);
  if (input.has("BillingMode") || input.has("TableClass"))
    out["TableStatus"] = "UPDATING";  // even where nothing changes
  if (input.has("SSESpecification") && out.at("TableStatus") == "UPDATING") out["TableStatus"] = "ACTIVE";  // as on AWS
  const bool switched = billing_mode(out) != billing_mode(before);
  if (switched) {  // shows what will be, but for what goes with the switch
    out["WarmThroughput"] = before.at("WarmThroughput");
    if (!out.contains("BillingModeSummary")) return out;  // a global table that is provisioned
    Json& summary = out["BillingModeSummary"];
    summary.erase("LastUpdateToPayPerRequestDateTime");
    summary.update(before.value("BillingModeSummary", Json::object()));
    summary["BillingMode"] = billing_mode(table.document());
    if (summary.at("BillingMode") == "PAY_PER_REQUEST")
      out["ProvisionedThroughput"]["LastDecreaseDateTime"] = context.timestamp();
    return out;
  }
  throughput_begun(input, before, out);
  for (const auto& update : input.objects("GlobalSecondaryIndexUpdates")) {
    const auto change = update.find_object("Update");
    if (!change) continue;
    Json held = before;
    const std::string name = change->str("IndexName");
    throughput_begun(*change, *find_index(held, name), *find_index(out, name));
  }
  if (input.has("ReplicaUpdates")) answer_replica_updates(out, before);
  return out;
}

}  // namespace

Json update_table(RequestContext& context, const Input& input) {
  check_something(input);
  check_index_updates(input);
  Table table = require_described_table(context, input.str("TableName"));
  storage::Resource& resource = table.resource;
  Json& document = resource.document;
  check_created(context, resource);
  check_strong_group(context, input, table);
  check_combination(context, resource.arn, input);
  check_replica_updates(input, document);
  check_beside_indexes(context, resource, input);
  check_index_changes(context, resource, input);
  if (!document.contains("Replicas")) {
    check_updatable(context, resource, input);
  } else if (work_of(input, document)) {
    check_settled(context, resource);
    check_replicas_settled(context, document);
  }
  if (is_lost(context, resource, input)) {
    change_billing_mode(context, document, "PAY_PER_REQUEST");
    return {{"TableDescription", described(context, table, Moment::begun)}};
  }
  if (creates_index(input)) check_indexes_scale(context, resource);
  check_throughput_changes(input, document);
  const Json before = described(context, table), held = document;
  update_shared(context, input, resource);
  for_each_replica(context, document, [&](Table replica) {
    const OwnReads own = take_own_reads(replica.document(), held);
    update_shared(context, input, replica.resource);
    give_own_reads(replica.document(), own);
    context.resources().put(replica.resource);
  });
  if (const auto stream = input.find_object("StreamSpecification")) set_stream(context, resource, *stream);
  if (const auto specification = input.find_object("SSESpecification")) {
    change_encryption(context, resource, *specification);
    share_encryption(context, resource);
  }
  if (const auto table_class = input.find_str("TableClass")) {
    change_class(context, resource, *table_class);
    if (document.value("TableClassSummary", Json()) != held.value("TableClassSummary", Json()))
      share_class(context, resource);
  }
  set_replication_mode(input, document);
  if (const auto protection = input.find_flag("DeletionProtectionEnabled"))
    set_protection(context, resource, *protection);
  if (asks_for(input, "WarmThroughput")) {
    const Input warm = input.object("WarmThroughput");
    check_warm_growth(context, warm, before.at("WarmThroughput"));
    raise_warm_throughput(document, warm);
    begin_warming(context, resource, "", before.at("WarmThroughput"));
  }
  update_replicas(context, input, resource);
  context.resources().put(resource);
  return {{"TableDescription", update_begun(context, input, table, before)}};
}

}  // namespace orrery::dynamodb
