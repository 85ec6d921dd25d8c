#include "services/dynamodb/global_table.hpp"

#include <set>

#include "aws/ids.hpp"
#include "registry/findings.hpp"
#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/operations.hpp"

namespace orrery::dynamodb {

namespace {

// Words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB), when AWS made no such table any more; what only a
// service that made them could say is in our words, with the code that the API reference has.

constexpr Rule kVersion2017{"dynamodb-global-tables-2017",
                            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
                            "V2globaltables_versions.html"};
constexpr const char* kLegacyVersion = "2017.11.29";
constexpr std::size_t kMostGlobalTables = 100;  // of a page

constexpr const char* kLegacyRegions[] = {"eu-west-2",      "eu-west-1",    "ap-southeast-1", "ap-southeast-2",
                                          "ap-northeast-2", "eu-central-1", "ap-northeast-1", "us-east-1",
                                          "us-east-2",      "us-west-1",    "us-west-2"};

storage::ResourceTable global_tables(RequestContext& context) {
  return context.resources("dynamodb", storage::ResourceTable::kGlobal);
}

std::string global_table_arn(const RequestContext& context, const std::string& name) {
  return aws::arn("dynamodb", "", context.account, "global-table/" + name);
}

GlobalTable require_global_table(RequestContext& context, const std::string& name) {
  auto global = find_global_table(context, name);
  if (!global)
    throw global_table_not_found("Global table not found: Global table with name: '" + name + "' does not exist.");
  return std::move(*global);
}

void check_legacy_region(const std::string& region) {
  if (std::find(std::begin(kLegacyRegions), std::end(kLegacyRegions), region) != std::end(kLegacyRegions)) return;
  std::string supported;
  for (const char* one : kLegacyRegions) supported += (supported.empty() ? "" : ", ") + std::string(one);
  throw invalid_parameter("DynamoDB global tables version 2017.11.29 is not supported in this region '" + region +
                          "', supported regions are : [" + supported + "]");
}

/// AWS keeps the global tables of this version that there are, and lets none be made or grow.
void note_version(RequestContext& context, const std::string& name) {
  would_refuse(context, kVersion2017, global_table_arn(context, name),
               invalid_parameter("DynamoDB global tables version 2017.11.29 is not supported. We recommend using "
                                 "DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy)."));
}

Json typed_keys(const KeySchema& key) {
  Json out = Json::array();
  for (const auto* part : {&key.hash, &key.range}) {
    for (const auto& attribute : *part)
      out.push_back({part == &key.hash, attribute.name, std::string(1, attribute.type)});
  }
  return out;
}

Json index_keys(const Table& table) {
  Json out = Json::object();
  for (const auto& index : table.indexes) out[index.name] = {index.kind == IndexKind::local, typed_keys(index.key)};
  return out;
}

/// Of a table ("") and its indexes, by name.
Json write_units(const Table& table) {
  Json out = {{"", table.document().at("ProvisionedThroughput").at("WriteCapacityUnits")}};
  for (const auto& index : table.document().value("GlobalSecondaryIndexes", Json::array()))
    out[index.at("IndexName").get<std::string>()] = index.at("ProvisionedThroughput").at("WriteCapacityUnits");
  return out;
}

/// What the API reference of CreateGlobalTable and UpdateGlobalTable asks of a table. `first` is another one's, or its
/// own.
void check_member(RequestContext& context, const std::string& region, const Table& table, const Table& first) {
  const auto refuse = [&](const std::string& what) {
    throw invalid_parameter("Table with name: '" + table.name + "' in region: '" + region + "' " + what);
  };
  const Json& document = table.document();
  if (document.contains("Replicas")) refuse("is a replica of a global table of version 2019.11.21");
  if (document.value("StreamSpecification", Json::object()).value("StreamViewType", "") != "NEW_AND_OLD_IMAGES")
    refuse("must have a stream with the view type NEW_AND_OLD_IMAGES");
  if (ItemStore(context.tx).usage(table).items > 0) refuse("must be empty");
  if (typed_keys(table.key) != typed_keys(first.key)) refuse("must have the same key schema as the other replicas");
  if (index_keys(table) != index_keys(first)) refuse("must have the same indexes as the other replicas");
  if (billing_mode(document) != billing_mode(first.document()) || write_units(table) != write_units(first))
    refuse("must have the same write capacity as the other replicas");
}

Json replication_group(const std::vector<std::string>& regions) {
  Json out = Json::array();
  for (const auto& region : regions) out.push_back({{"RegionName", region}});
  return out;
}

/// Tells each table what its group is. When some of them join, all must be as the members of a group are to be.
enum class Joining { some, none };
void set_group(RequestContext& context, const std::string& name, const std::vector<std::string>& regions,
               Joining joining) {
  std::vector<Table> tables;
  for (const auto& region : regions) {
    const InRegion there(context, region);
    auto table = find_table(context, name);
    if (!table) throw table_name_not_found(name);
    tables.push_back(std::move(*table));
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (joining == Joining::some) check_member(context, regions[i], tables[i], tables[0]);
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const InRegion there(context, regions[i]);
    std::vector<std::string> others = regions;
    std::erase(others, regions[i]);
    tables[i].resource.hidden["LegacyReplicas"] = others;
    tables[i].document()["GlobalTableVersion"] = kLegacyVersion;
    context.resources().put(tables[i].resource);
  }
}

/// A table that leaves its group stays as it is.
void release(RequestContext& context, const std::string& name, const std::string& region) {
  const InRegion there(context, region);
  auto table = find_table(context, name);
  if (!table) return;
  table->resource.hidden.erase("LegacyReplicas");
  table->document().erase("GlobalTableVersion");
  context.resources().put(table->resource);
}

void put_group(RequestContext& context, GlobalTable global, const std::vector<std::string>& regions) {
  global.resource.document["ReplicationGroup"] = replication_group(regions);
  if (regions.empty())
    global_tables(context).erase(GlobalTable::kKind, global.resource.id);
  else
    global_tables(context).put(global.resource);
}

std::vector<std::string> asked_group(const Input& input) {
  std::vector<std::string> regions;
  for (const auto& replica : input.objects("ReplicationGroup")) {
    const auto region = replica.find_str("RegionName");
    if (!region) throw invalid_parameter("ReplicationGroup members must specify RegionName");
    if (std::find(regions.begin(), regions.end(), *region) != regions.end())
      throw invalid_parameter("Region '" + *region + "' is specified more than once");
    regions.push_back(*region);
  }
  if (regions.empty()) throw invalid_parameter("Global table must have atleast one replica");
  for (const auto& region : regions) check_legacy_region(region);
  return regions;
}

struct GroupUpdates {
  std::vector<std::string> added, removed;
};

GroupUpdates asked_updates(const Input& input) {
  GroupUpdates out;
  const auto updates = input.objects("ReplicaUpdates");
  if (updates.empty()) throw validation("One or more parameter values were invalid");
  for (const auto& update : updates) {
    const auto creation = update.find_object("Create"), removal = update.find_object("Delete");
    if (creation && removal)
      throw invalid_parameter(
          "A ReplicaUpdate structure cannot contain both a create replica action and a delete replica action");
    if (!creation && !removal) throw validation("One or more parameter values were invalid");
    if (creation) out.added.push_back(creation->str("RegionName"));
    if (removal) out.removed.push_back(removal->str("RegionName"));
  }
  for (const auto& region : out.added) check_legacy_region(region);
  return out;
}

std::vector<std::string> updated_group(std::vector<std::string> regions, const GroupUpdates& updates,
                                       const std::string& name) {
  const auto of_table = [&](const std::string& region) {
    return "Replica in region: '" + region + "' of global table with name: '" + name + "' ";
  };
  for (const auto& region : updates.removed) {
    if (std::erase(regions, region) == 0)
      throw AwsError("ReplicaNotFoundException", 400, of_table(region) + "does not exist.");
  }
  for (const auto& region : updates.added) {
    if (std::find(regions.begin(), regions.end(), region) != regions.end())
      throw AwsError("ReplicaAlreadyExistsException", 400, of_table(region) + "already exists.");
    regions.push_back(region);
  }
  return regions;
}

}  // namespace

std::vector<std::string> GlobalTable::regions() const {
  std::vector<std::string> out;
  for (const auto& replica : resource.document.at("ReplicationGroup"))
    out.push_back(replica.at("RegionName").get<std::string>());
  return out;
}

std::optional<GlobalTable> find_global_table(RequestContext& context, const std::string& name) {
  auto resource = global_tables(context).find(GlobalTable::kKind, name);
  return resource ? std::optional(GlobalTable{std::move(*resource)}) : std::nullopt;
}

GlobalTableMembers global_table_members(RequestContext& context, const GlobalTable& global) {
  GlobalTableMembers members;
  for (const auto& region : global.regions()) {
    const InRegion there(context, region);
    if (auto table = find_table(context, global.resource.id)) members.emplace(region, std::move(*table));
  }
  return members;
}

void leave_global_table(RequestContext& context, const Table& table) {
  if (!table.legacy_replicas) return;
  set_group(context, table.name, *table.legacy_replicas, Joining::none);
  if (auto global = find_global_table(context, table.name)) {
    std::vector<std::string> regions = global->regions();
    std::erase(regions, context.region);
    put_group(context, std::move(*global), regions);
  }
}

Json create_global_table(RequestContext& context, const Input& input) {
  const std::string name = input.str("GlobalTableName");
  const auto regions = asked_group(input);
  note_version(context, name);
  if (find_global_table(context, name))
    throw AwsError("GlobalTableAlreadyExistsException", 400,
                   "Global table already exists: Global table with name: '" + name + "' already exists.");
  set_group(context, name, regions, Joining::some);
  GlobalTable global;
  global.resource.kind = GlobalTable::kKind;
  global.resource.id = name;
  global.resource.arn = global_table_arn(context, name);
  global.resource.created = context.now;
  global.resource.document = {{"GlobalTableName", name},
                              {"GlobalTableArn", global.resource.arn},
                              {"GlobalTableStatus", "ACTIVE"},
                              {"CreationDateTime", context.timestamp()}};
  put_group(context, std::move(global), regions);
  Json out = require_global_table(context, name).resource.document;
  out["GlobalTableStatus"] = "CREATING";
  return {{"GlobalTableDescription", std::move(out)}};
}

Json describe_global_table(RequestContext& context, const Input& input) {
  return {{"GlobalTableDescription", require_global_table(context, input.str("GlobalTableName")).resource.document}};
}

Json list_global_tables(RequestContext& context, const Input& input) {
  const auto limit = static_cast<std::size_t>(input.integer("Limit", kMostGlobalTables));
  const auto region = input.find_str("RegionName");
  const std::string after = input.str("ExclusiveStartGlobalTableName");
  Json out = {{"GlobalTables", Json::array()}};
  for (auto& resource : global_tables(context).list(GlobalTable::kKind)) {
    const GlobalTable global{std::move(resource)};
    const auto regions = global.regions();
    if (global.resource.id <= after) continue;
    if (region && std::find(regions.begin(), regions.end(), *region) == regions.end()) continue;
    if (out["GlobalTables"].size() == limit) {
      out["LastEvaluatedGlobalTableName"] = out["GlobalTables"].back().at("GlobalTableName");
      break;
    }
    out["GlobalTables"].push_back(
        {{"GlobalTableName", global.resource.id}, {"ReplicationGroup", replication_group(regions)}});
  }
  return out;
}

Json update_global_table(RequestContext& context, const Input& input) {
  const std::string name = input.str("GlobalTableName");
  const GroupUpdates updates = asked_updates(input);
  if (!updates.added.empty()) note_version(context, name);
  const GlobalTable global = require_global_table(context, name);
  const auto regions = updated_group(global.regions(), updates, name);
  for (const auto& region : updates.removed) release(context, name, region);
  set_group(context, name, regions, updates.added.empty() ? Joining::none : Joining::some);
  put_group(context, global, regions);
  Json out = global.resource.document;
  out["ReplicationGroup"] = replication_group(regions);
  if (regions.empty()) out["GlobalTableStatus"] = "DELETING";
  return {{"GlobalTableDescription", std::move(out)}};
}

}  // namespace orrery::dynamodb
