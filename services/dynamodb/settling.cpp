#include "services/dynamodb/settling.hpp"

#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/quotas.hpp"

namespace orrery::dynamodb {

namespace {

/// As measured in 2026 on empty tables (aws-controllers-k8s' notes on DynamoDB); AWS promises no times.
constexpr aws::Millis kCreation = 15'000, kUpdate = 5'000, kAllocation = 40'000, kBackfill = 600'000,
                      kRestore = 200'000, kDeletion = 5'000, kAppearance = 1'500;
/// After which the services beside it know of a table that is being created, or of an index; and backups are possible;
/// after which they forget one that is deleted.
constexpr aws::Millis kHidden = 2'600, kHiddenIndex = 20'000, kBackupsAfter = 2'600, kForgotten = 1'200;
constexpr aws::Millis kCapacity = 2'000, kToProvisioned = 70'000, kToOnDemand = 130'000;
constexpr aws::Millis kOldKey = 9'000, kEncryption = 22'000;  ///< the old key is shown so long

/// Of an index that is UPDATING; and of more warm throughput, the first time and later, beside an ACTIVE table.
constexpr aws::Millis kIndexUpdate = 3'000, kWarming = 400'000, kRewarming = 2'000;

/// Among the hidden members: the table's last change, and those of its indexes and of its key.
constexpr const char *kOfTable = "Settling", *kOfIndex = "SettlingIndex", *kOfKey = "SettlingKey";
/// The last change of each index's throughput, by its name; and of warm throughput, that of the table by "".
constexpr const char *kOfThroughput = "SettlingThroughput", *kOfWarmth = "SettlingWarmth";

aws::Millis ends(const RequestContext& context, aws::Millis takes) { return context.now + lasting(context, takes); }

Json& begin(const RequestContext& context, storage::Resource& table, const char* status, aws::Millis takes) {
  return table.hidden[kOfTable] = {{"Status", status}, {"From", context.now}, {"Until", ends(context, takes)}};
}

aws::Millis duration(Work work) {
  switch (work) {
    case Work::capacity:
      return kCapacity;
    case Work::to_provisioned:
      return kToProvisioned;
    case Work::to_on_demand:
      return kToOnDemand;
    default:
      return kUpdate;
  }
}

/// `work` goes on when the table is ACTIVE again, after `allocation`.
Json& begin_index(const RequestContext& context, storage::Resource& table, const std::string& index, const char* status,
                  aws::Millis allocation, aws::Millis work) {
  begin(context, table, "UPDATING", allocation);
  return table.hidden[kOfIndex] = {{"Name", index},
                                   {"Status", status},
                                   {"Begun", context.now},
                                   {"From", ends(context, allocation)},
                                   {"Until", ends(context, allocation + work)}};
}

/// What goes on at `now`; null for nothing.
const Json* going_on(const storage::Resource& table, const char* what, aws::Millis now) {
  const auto held = table.hidden.find(what);
  return held == table.hidden.end() || held->at("Until").get<aws::Millis>() <= now ? nullptr : &*held;
}

/// The class is what it was until the table is ACTIVE again.
void show_class(const Json& change, Json& description) {
  description.erase("TableClassSummary");
  if (!change.at("ClassBefore").is_null()) description["TableClassSummary"] = change.at("ClassBefore");
}

/// First the key that was, then the one that will be; none where it is DynamoDB's own.
void show_encryption(const Json& change, Json& description, aws::Millis now) {
  const bool old = now < change.at("From").get<aws::Millis>();
  Json shown = old ? change.at("Before") : description.value("SSEDescription", Json());
  shown["Status"] = "UPDATING";
  description["SSEDescription"] = std::move(shown);
}

Work work_in(const Json& change) { return static_cast<Work>(change.value("Work", static_cast<int>(Work::other))); }

bool of_capacity(Work work) {
  return work == Work::capacity || work == Work::to_provisioned || work == Work::to_on_demand;
}

/// The same of one index, or the table ("").
const Json* going_on(const storage::Resource& table, const char* what, const std::string& of, aws::Millis now) {
  const auto held = table.hidden.find(what);
  if (held == table.hidden.end()) return nullptr;
  const auto change = held->find(of);
  return change == held->end() || change->at("Until").get<aws::Millis>() <= now ? nullptr : &*change;
}

/// Warm throughput is what it was until there is more.
void show_warmth(const storage::Resource& table, const std::string& of, Json& described, aws::Millis now) {
  const Json* change = going_on(table, kOfWarmth, of, now);
  if (!change) return;
  described["WarmThroughput"] = change->at("Before");
  described["WarmThroughput"]["Status"] = "UPDATING";
}

Json as_of(const storage::Resource& table, Json description, aws::Millis now) {
  const Json *change = going_on(table, kOfTable, now), *of_index = going_on(table, kOfIndex, now);
  if (change) description["TableStatus"] = change->at("Status");
  if (change && change->contains("ClassBefore")) show_class(*change, description);
  if (const Json* key = going_on(table, kOfKey, now)) show_encryption(*key, description, now);
  const bool created = change && change->at("Status") == "CREATING";
  const bool restored = description.contains("RestoreSummary");
  if (!created) description.erase("RestoreSummary");
  if (of_index && of_index->contains("Removed"))
    description["GlobalSecondaryIndexes"].push_back(of_index->at("Removed"));
  show_warmth(table, "", description, now);
  if (!description.contains("GlobalSecondaryIndexes")) return description;
  for (auto& index : description["GlobalSecondaryIndexes"]) {
    const auto name = index.at("IndexName").get<std::string>();
    show_warmth(table, name, index, now);
    if (going_on(table, kOfThroughput, name, now)) index["IndexStatus"] = "UPDATING";
    if (created) index["IndexStatus"] = "CREATING";
    if (created && restored) index.erase("IndexStatus");
    if (!of_index || of_index->at("Name") != index.at("IndexName")) continue;
    index["IndexStatus"] = of_index->at("Status");
    if (of_index->at("Status") == "CREATING") index["Backfilling"] = of_index->at("From").get<aws::Millis>() <= now;
  }
  return description;
}

/// What the service says of these changes while that work goes on; "" where they may begin, or it is not recorded.
std::string said_of_stream(Work work, const std::string& table, const std::string& to) {
  if (work == Work::table_class)
    return "Can't change stream status when a table class update is in progress. Table: " + table + to;
  if (of_capacity(work)) return "Can't enable or disable stream while table IOPS are being updated. Table: " + table;
  return "";
}

std::string said_of_class(Work work, const std::string& table, const std::string& to) {
  if (work == Work::table_class)
    return "Can't update table class when a table class update is in progress. Table: " + table + to;
  if (work == Work::stream) return "Can't update table class when stream status is being updated. Table: " + table;
  return "";
}

std::string said_of_maxima(Work work, const std::string& to) {
  const std::string refused = "OnDemandThroughput cannot be updated while ";
  if (work == Work::stream) return refused + "stream status update is in progress";
  if (work == Work::table_class) return refused + "TableClass update is in progress." + to;
  if (of_capacity(work)) return refused + "BillingMode update is in progress";
  return "";
}

/// In the words that it has for global tables.
AwsError replica_in_use() {
  return {"ResourceInUseException", 400, "The resource which you are attempting to change is in use."};
}

}  // namespace

aws::Millis lasting(const RequestContext& context, aws::Millis takes) {
  return context.settings.lifecycle == Lifecycle::realistic ? takes : 0;
}

void begin_creation(const RequestContext& context, storage::Resource& table) {
  begin(context, table, "CREATING", table.document.contains("RestoreSummary") ? kRestore : kCreation);
}

void begin_deletion(const RequestContext& context, storage::Resource& table) {
  begin(context, table, "DELETING", kDeletion);
}

void begin_update(const RequestContext& context, storage::Resource& table, Work work) {
  begin(context, table, "UPDATING", duration(work))["Work"] = static_cast<int>(work);
}

void begin_class_change(const RequestContext& context, storage::Resource& table, const std::string& to,
                        const Json& before) {
  Json& change = begin(context, table, "UPDATING", kUpdate);
  change["Work"] = static_cast<int>(Work::table_class);
  change["Class"] = to;
  change["ClassBefore"] = before;
}

void begin_encryption(const RequestContext& context, storage::Resource& table, const Json& before) {
  table.hidden[kOfKey] = {{"Before", before}, {"From", ends(context, kOldKey)}, {"Until", ends(context, kEncryption)}};
}

void begin_index_creation(const RequestContext& context, storage::Resource& table, const std::string& index) {
  begin_index(context, table, index, "CREATING", kAllocation, kBackfill);
}

void begin_index_deletion(const RequestContext& context, storage::Resource& table, const Json& index) {
  begin_index(context, table, index.at("IndexName").get<std::string>(), "DELETING", kUpdate, 0)["Removed"] = index;
}

void begin_import(const RequestContext& context, storage::Resource& table, aws::Millis takes) {
  begin(context, table, "CREATING", takes);
}

void begin_index_update(const RequestContext& context, storage::Resource& table, const std::string& index) {
  table.hidden[kOfThroughput][index] = {{"Until", ends(context, kIndexUpdate)}};
}

void begin_warming(const RequestContext& context, storage::Resource& table, const std::string& index,
                   const Json& before) {
  Json& all = table.hidden[kOfWarmth];
  const bool again = all.is_object() && all.contains(index) && !going_on(table, kOfWarmth, index, context.now);
  all[index] = {{"Before", before}, {"Until", ends(context, again ? kRewarming : kWarming)}};
}

Recognition recognition(const RequestContext& context, const storage::Resource& table) {
  const Json* change = going_on(table, kOfTable, context.now);
  if (!change) return Recognition::full;
  const aws::Millis from = change->value("From", aws::Millis{0});
  if (change->at("Status") == "DELETING")
    return context.now < from + kForgotten ? Recognition::full : Recognition::none;
  if (change->at("Status") != "CREATING") return Recognition::full;
  return restoring(context, table) || context.now < from + kHidden ? Recognition::none : Recognition::creating;
}

Recognition recognition(const RequestContext& context, const storage::Resource& table, const std::string& index) {
  const Json* change = going_on(table, kOfIndex, context.now);
  if (!change || change->at("Status") != "CREATING" || change->at("Name") != index) return Recognition::full;
  return context.now < change->value("Begun", aws::Millis{0}) + kHiddenIndex ? Recognition::none
                                                                             : Recognition::creating;
}

Table require_known_table(RequestContext& context, std::string_view name_or_arn) {
  Table table = require_described_table(context, name_or_arn);
  if (recognition(context, table.resource) == Recognition::none) throw table_not_found(table.name);
  return table;
}

bool restoring(const RequestContext& context, const storage::Resource& table) {
  const Json* change = going_on(table, kOfTable, context.now);
  return change && change->at("Status") == "CREATING" && table.document.contains("RestoreSummary");
}

bool backups_enabled(const RequestContext& context, const storage::Resource& table) {
  const bool realistic = context.settings.lifecycle == Lifecycle::realistic;
  const Json* change = going_on(table, kOfTable, context.now - (realistic ? kBackupsAfter : 0));
  return !change || change->at("Status") != "CREATING";
}

AwsError name_taken(const RequestContext& context, const storage::Resource& table) {
  if (restoring(context, table)) return still_in_use("Table is being used: " + table.id);
  if (recognition(context, table) != Recognition::full && !deleting(table))
    return still_in_use("Table is being created: " + table.id);
  return table_in_use(table.id);
}

Json settled(const RequestContext& context, const storage::Resource& table, Json description) {
  return as_of(table, std::move(description), context.now);
}

Json begun(const RequestContext& context, const storage::Resource& table, Json description) {
  return as_of(table, std::move(description), context.now - 1);
}

bool deleting(const storage::Resource& table) {
  const Json* change = going_on(table, kOfTable, 0);
  return change && change->at("Status") == "DELETING";
}

bool deleted(const RequestContext& context, const storage::Resource& table) {
  return deleting(table) && !going_on(table, kOfTable, context.now);
}

void check_not_deleting(const storage::Resource& table) {
  if (deleting(table)) throw still_in_use("Table is being deleted: " + table.id);
}

aws::Millis readable_from(const storage::Resource& table) {
  const Json* change = going_on(table, kOfTable, 0);
  if (deleting(table)) return std::numeric_limits<aws::Millis>::max();
  return change && change->at("Status") == "CREATING" ? change->at("Until").get<aws::Millis>() : 0;
}

aws::Millis readable_from(const storage::Resource& table, const std::string& index) {
  const Json* change = going_on(table, kOfIndex, 0);
  return change && change->at("Name") == index ? change->at("Until").get<aws::Millis>() : 0;
}

bool just_created(const RequestContext& context, const storage::Resource& table) {
  return context.settings.lifecycle == Lifecycle::realistic && context.now < table.created + kAppearance;
}

bool encryption_goes_on(const RequestContext& context, const storage::Resource& table) {
  return going_on(table, kOfKey, context.now) != nullptr;
}

void check_created(const RequestContext& context, const storage::Resource& table) {
  check_not_deleting(table);
  if (restoring(context, table)) throw table_not_found(table.id);
  if (recognition(context, table) != Recognition::full) throw still_in_use("Table is being created: " + table.id);
}

void check_settled(const RequestContext& context, const storage::Resource& table) {
  const Json* change = going_on(table, kOfTable, context.now);
  if (!change) return;
  if (table.document.contains("Replicas")) throw replica_in_use();
  throw still_in_use((change->at("Status") == "CREATING" ? "Table is being created: " : "Table is being updated: ") +
                     table.id);
}

bool is_lost(const RequestContext& context, const storage::Resource& table, const Input& update) {
  const Json* change = going_on(table, kOfTable, context.now);
  return change && work_in(*change) == Work::to_provisioned && update.str("BillingMode") == "PAY_PER_REQUEST" &&
         !update.has("ProvisionedThroughput");
}

void check_updatable(const RequestContext& context, const storage::Resource& table, const Input& update) {
  const Json* change = going_on(table, kOfTable, context.now);
  if (!change) return;
  if (change->at("Status") == "CREATING") throw still_in_use("Table is being created: " + table.id);
  const Work work = work_in(*change);
  const std::string to =
      change->contains("Class") ? " TableClassUpdateInProgress: " + change->at("Class").get<std::string>() : "";
  const bool capacity = update.has("ProvisionedThroughput") || update.has("BillingMode");
  if (capacity && of_capacity(work) && !is_lost(context, table, update))
    throw still_in_use("Table IOPS are currently being updated. Table: " + table.id);
  std::string said;
  if (update.has("StreamSpecification")) said = said_of_stream(work, table.id, to);
  if (said.empty() && update.has("TableClass")) said = said_of_class(work, table.id, to);
  if (said.empty() && update.has("OnDemandThroughput")) said = said_of_maxima(work, to);
  if (!said.empty()) throw still_in_use(said);
  const bool same_mode = !update.has("ProvisionedThroughput") &&
                         update.find_str("BillingMode") == billing_mode(table.document);  // changes nothing
  bool blocked = update.has("StreamSpecification") || update.has("ReplicaUpdates") || update.has("TableClass") ||
                 (capacity && !same_mode && !is_lost(context, table, update));
  for (const auto& index : update.objects("GlobalSecondaryIndexUpdates"))
    blocked |= index.has("Create") || index.has("Delete");
  if (blocked) throw still_in_use("Table is being updated: " + table.id);
}

void check_deletable(const RequestContext& context, const storage::Resource& table) {
  check_not_deleting(table);
  bool indexes = going_on(table, kOfIndex, context.now) != nullptr;
  const Json updates = table.hidden.value(kOfThroughput, Json::object());
  for (const Json& update : updates) indexes |= update.at("Until").get<aws::Millis>() > context.now;
  if (indexes) throw still_in_use("Cannot delete table while indexes are being created, updated, or deleted.");
  const Json* change = going_on(table, kOfTable, context.now);
  if (change && change->at("Status") == "CREATING") throw still_in_use("Table is being created: " + table.id);
  if (change && work_in(*change) == Work::stream)
    throw still_in_use("Cannot delete table while stream is being enabled/disabled.");
  if (change || encryption_goes_on(context, table) || going_on(table, kOfWarmth, "", context.now))
    throw still_in_use("Table: " + table.id + " is in the process of being updated.");
}

void check_beside_indexes(const RequestContext& context, const storage::Resource& table, const Input& update) {
  const Json* change = going_on(table, kOfIndex, context.now);
  const std::string name = change ? change->at("Name").get<std::string>() : "";
  const bool deleted = change && change->at("Status") == "DELETING";
  const bool allocated = change && !deleted && change->at("From").get<aws::Millis>() > context.now;
  for (const auto& one : update.objects("GlobalSecondaryIndexUpdates")) {
    for (const char* action : {"Update", "Create", "Delete"}) {
      if (!one.has(action)) continue;
      const std::string index = one.object(action).str("IndexName"), of = "Table: " + table.id + " Index: " + index;
      if (deleted && index == name) throw still_in_use("Index is being deleted. " + of);
      if (!one.has("Update")) continue;
      if (allocated && index == name) throw still_in_use("Index is being created but is not backfilling yet. " + of);
      if (going_on(table, kOfThroughput, index, context.now)) throw still_in_use("Index is being updated. " + of);
    }
  }
  if (!deleted && !allocated) return;
  const std::string created = deleted ? "deleted" : "created", creation = deleted ? "deletion" : "creation";
  const auto mode = update.find_str("BillingMode");
  if (update.has("ProvisionedThroughput") || (mode && *mode != billing_mode(table.document))) {
    throw still_in_use("Can't change table IOPS when an index is being " + created + ". Table: " + table.id +
                       " Indexes: [" + name + "]");
  }
  if (allocated && update.has("StreamSpecification"))
    throw still_in_use("Can't change stream status when an index is being created");
  if (asks_for(update, "OnDemandThroughput")) {
    throw still_in_use("OnDemandThroughput cannot be updated while index " + creation +
                       " is in progress for indexes: [" + name + "]");
  }
  if (allocated && asks_for(update, "WarmThroughput"))
    throw AwsError("InternalServerError", 500, "Table is under system maintenance, please try again later");
}

void check_index_changes(const RequestContext& context, const storage::Resource& table, const Input& update) {
  const Json* change = going_on(table, kOfIndex, context.now);
  if (change && update.has("ReplicaUpdates")) throw replica_in_use();
  int online = change ? 1 : 0;
  for (const auto& one : update.objects("GlobalSecondaryIndexUpdates")) {
    const auto removal = one.find_object("Delete");
    if (removal && change && change->at("Status") == "CREATING" && change->at("Name") == removal->str("IndexName")) {
      if (change->at("From").get<aws::Millis>() <= context.now) continue;
      throw still_in_use(
          "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index "
          "is active. Table: " +
          table.id + " Index: " + removal->str("IndexName"));
    }
    if (!removal && !one.has("Create")) continue;
    if (++online < 2) continue;
    throw AwsError("LimitExceededException", 400,
                   "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
  }
}

}  // namespace orrery::dynamodb
