#include "services/dynamodb/table.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/encryption.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/policy_document.hpp"
#include "services/dynamodb/settling.hpp"
#include "storage/snapshot.hpp"

namespace orrery::dynamodb {

namespace {

KeyAttribute key_attribute(const std::string& name, const Json& definitions) {
  for (const auto& definition : definitions) {
    if (definition.at("AttributeName") == name)
      return {name, definition.at("AttributeType").get<std::string>().front()};
  }
  return {name, 'S'};
}

void add_indexes(Table& table, std::string_view member, IndexKind kind) {
  const Json& document = table.document();
  if (!document.contains(member)) return;
  for (const auto& description : document.at(std::string(member))) {
    Index index;
    index.name = description.at("IndexName").get<std::string>();
    index.id = table.resource.hidden.at("IndexIds").at(index.name).get<std::int64_t>();
    index.kind = kind;
    index.readable_from = readable_from(table.resource, index.name);
    index.key = key_schema(description.at("KeySchema"), document.at("AttributeDefinitions"));
    const Json& projection = description.at("Projection");
    index.projection = projection.value("ProjectionType", "ALL");
    if (projection.contains("NonKeyAttributes"))
      index.projected = projection.at("NonKeyAttributes").get<std::vector<std::string>>();
    table.indexes.push_back(std::move(index));
  }
}

/// A TableName may be an ARN: of a table, and of this region (recorded in 2026, aws-controllers-k8s' notes on
/// DynamoDB).
void check_table_arn(const RequestContext& context, std::string_view name_or_arn) {
  if (!name_or_arn.starts_with("arn:")) return;
  const auto parts = aws::parse_arn(name_or_arn), here = aws::parse_arn(context.arn("table/x"));
  const auto refuse = [&](const char* what) {
    throw validation(std::string("1 validation error detected: Invalid ") + what + " in '" + std::string(name_or_arn) +
                     "'");
  };
  if (parts.partition != here.partition) refuse("AWS partition");
  if (parts.region != here.region) refuse("AWS region");
  if (parts.service != here.service || !parts.resource.starts_with("table/") ||
      parts.resource.find('/', std::strlen("table/")) != std::string::npos)
    refuse("resource type");
}

}  // namespace

bool KeySchema::holds(std::string_view name) const {
  const auto named = [&](const KeyAttribute& attribute) { return attribute.name == name; };
  return std::any_of(hash.begin(), hash.end(), named) || std::any_of(range.begin(), range.end(), named);
}

const Index* Table::index(std::string_view index_name) const {
  for (const auto& candidate : indexes) {
    if (candidate.name == index_name) return &candidate;
  }
  return nullptr;
}

KeySchema key_schema(const Json& elements, const Json& attribute_definitions) {
  KeySchema schema;
  for (const auto& element : elements) {
    const auto attribute = key_attribute(element.at("AttributeName").get<std::string>(), attribute_definitions);
    (element.at("KeyType") == "HASH" ? schema.hash : schema.range).push_back(attribute);
  }
  return schema;
}

std::string table_name(std::string_view name_or_arn) {
  if (!name_or_arn.starts_with("arn:")) return std::string(name_or_arn);
  std::string resource = aws::parse_arn(name_or_arn).resource;
  if (resource.starts_with("table/")) resource.erase(0, 6);
  return resource.substr(0, resource.find('/'));
}

Table table_of(storage::Resource resource) {
  Table table;
  table.resource = std::move(resource);
  const Json& document = table.document();
  table.name = table.resource.id;
  table.arn = table.resource.arn;
  table.id = table.resource.hidden.at("Id").get<std::int64_t>();
  table.readable_from = readable_from(table.resource);
  table.key = key_schema(document.at("KeySchema"), document.at("AttributeDefinitions"));
  add_indexes(table, "LocalSecondaryIndexes", IndexKind::local);
  add_indexes(table, "GlobalSecondaryIndexes", IndexKind::global);
  const Json& hidden = table.resource.hidden;
  table.expiry = hidden.value("TimeToLive", "");
  table.stream_log = hidden.value("StreamLog", std::int64_t{0});
  if (const auto regions = hidden.find("LegacyReplicas"); regions != hidden.end())
    table.legacy_replicas = regions->get<std::vector<std::string>>();
  if (const auto recovery = hidden.find("PointInTimeRecovery"); recovery != hidden.end())
    table.recovery_log = recovery->value("Log", std::int64_t{0});
  return table;
}

std::optional<Table> find_table(RequestContext& context, std::string_view name_or_arn) {
  auto resource = context.resources().find(Table::kKind, table_name(name_or_arn));
  if (!resource || (name_or_arn.starts_with("arn:") && !name_or_arn.starts_with(resource->arn))) return std::nullopt;
  if (deleted(context, *resource)) return std::nullopt;
  return table_of(std::move(*resource));
}

void check_named_table(const RequestContext& context, std::string_view name_or_arn) {
  check_table_arn(context, name_or_arn);
  if (name_or_arn.starts_with("arn:") && aws::parse_arn(name_or_arn).account != context.account) throw access_denied();
  check_table_name(table_name(name_or_arn));
}

void check_table_name(const std::string& name) {
  const bool characters = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  std::vector<std::string> wrong;
  const auto refuse = [&](const char* constraint) {
    wrong.push_back("Value '" + name + "' at 'tableName' failed to satisfy constraint: Member must " + constraint);
  };
  if (name.size() < 3) refuse("have length greater than or equal to 3");
  if (name.size() > 255) refuse("have length less than or equal to 255");
  if (!characters || name.empty()) refuse("satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  if (wrong.size() == 1) throw validation("1 validation error detected: " + wrong[0]);
  if (wrong.size() == 2) throw validation("2 validation errors detected: " + wrong[0] + "; " + wrong[1]);
}

std::shared_ptr<const Table> item_table(RequestContext& context, const std::string& name_or_arn) {
  thread_local storage::ConfigurationCache<std::shared_ptr<const Table>> known;
  const auto load = [&]() -> std::shared_ptr<const Table> {
    check_table_arn(context, name_or_arn);
    check_table_name(table_name(name_or_arn));
    auto table = find_table(context, name_or_arn);
    if (!table) throw resource_not_found();
    table->unreadable_since = unreadable_since(context, table->document());
    return std::make_shared<const Table>(std::move(*table));
  };
  auto table = known.get(context.account + '/' + context.region + '/' + name_or_arn, load);
  if (context.now < table->readable_from) throw resource_not_found();
  if (table->unreadable_since) check_table_key(context, table->document());
  return table;
}

Table require_table(RequestContext& context, std::string_view name_or_arn) {
  return *item_table(context, std::string(name_or_arn));
}

Table require_described_table(RequestContext& context, std::string_view name_or_arn) {
  check_named_table(context, name_or_arn);
  auto table = find_table(context, name_or_arn);
  if (!table) throw table_not_found(table_name(name_or_arn));
  check_denial(context, table->resource);
  return std::move(*table);
}

}  // namespace orrery::dynamodb
