#include "services/dynamodb/tags.hpp"
#include "aws/ids.hpp"
#include "registry/pagination.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kPage = 50, kMostTags = 50;

Table tagged_table(RequestContext& context, const Input& input) {
  const std::string arn = input.str("ResourceArn");
  const auto parts = aws::parse_arn(arn);
  if (!parts.valid()) {
    throw AwsError("AccessDeniedException", 400,
                   "User: " + context.principal.arn + " is not authorized to perform: dynamodb:" +
                       std::string(context.operation) + " on resource: " + arn);
  }
  // Indexes have ARNs and no tags.
  if (parts.service != "dynamodb" || !parts.resource.starts_with("table/") ||
      parts.resource.find('/', 6) != std::string::npos) {
    throw validation("Invalid TableArn: Invalid ResourceArn provided as input " + arn);
  }
  auto table = find_table(context, arn);
  if (!table) throw tagged_resource_not_found(arn);
  return std::move(*table);
}

/// Letters, digits and spaces of any script, and + - = . _ : / @ (developer guide, "Tagging restrictions").
bool tag_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c >= 0x80 || std::isalnum(c) != 0 ||
           std::string_view(" +-=._:/@").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

}  // namespace

storage::Tags checked_tags(const Input& input, storage::Tags held) {
  std::set<std::string> seen;
  for (const auto& tag : input.objects("Tags")) {
    const std::string key = tag.str("Key"), value = tag.str("Value");
    if (!seen.insert(key).second)
      throw validation("Duplicate Tag Keys provided as input: Duplicate Tag Key found " + key);
    if (key.starts_with("aws:")) throw validation("Tag Key cannot be prefixed with aws:, Key: " + key);
    if (key.empty() || !tag_text(key)) throw validation("The Tag Key provided is invalid, Key: " + key);
    if (!tag_text(value)) throw validation("The Tag Value provided is invalid, Value: " + value);
    held[key] = value;
  }
  if (held.size() > kMostTags) throw validation("Number of Tags exceed the current limit for the provided ResourceArn");
  return held;
}

Json list_tags_of_resource(RequestContext& context, const Input& input) {
  const Table table = tagged_table(context, input);
  const auto held = context.resources().tags(Table::kKind, table.name);
  std::vector<std::pair<std::string, std::string>> tags(held.begin(), held.end());
  const auto next = paginate(
      tags, kPage, input.find_str("NextToken"), [](const auto& tag) { return tag.first; },
      validation("The provided NextToken is invalid"));
  Json out = {{"Tags", Json::array()}};
  for (const auto& [key, value] : tags) out["Tags"].push_back({{"Key", key}, {"Value", value}});
  if (next) out["NextToken"] = *next;
  return out;
}

Json tag_resource(RequestContext& context, const Input& input) {
  const Table table = tagged_table(context, input);
  if (input.objects("Tags").empty()) throw validation("Atleast one Tag needs to be provided as Input.");
  const auto tags = checked_tags(input, context.resources().tags(Table::kKind, table.name));
  context.resources().tag(Table::kKind, table.name, tags);
  return Json::object();
}

Json untag_resource(RequestContext& context, const Input& input) {
  const Table table = tagged_table(context, input);
  const auto keys = input.strings("TagKeys");
  if (keys.empty()) throw validation("Atleast one Tag Key needs to be provided as Input.");
  for (const auto& key : keys) context.resources().untag(Table::kKind, table.name, key);
  return Json::object();
}

}  // namespace orrery::dynamodb
