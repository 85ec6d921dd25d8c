#include "aws/ids.hpp"
#include "registry/pagination.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kPage = 10, kMostTags = 50;

Table tagged_table(RequestContext& context, const Input& input) {
  const std::string arn = input.str("ResourceArn");
  const auto parts = aws::parse_arn(arn);
  if (!parts.valid() || parts.service != "dynamodb" || !parts.resource.starts_with("table/")) {
    throw validation("Invalid TableArn: Invalid ResourceArn provided as input " + arn);
  }
  auto table = find_table(context, arn);
  if (!table) throw tagged_resource_not_found(arn);
  return std::move(*table);
}

}  // namespace

Json list_tags_of_resource(RequestContext& context, const Input& input) {
  const Table table = tagged_table(context, input);
  const auto held = context.resources().tags(Table::kKind, table.name);
  std::vector<std::pair<std::string, std::string>> tags(held.begin(), held.end());
  const auto next = paginate(tags, kPage, input.find_str("NextToken"), [](const auto& tag) { return tag.first; },
                             validation("The provided NextToken is invalid"));
  Json out = {{"Tags", Json::array()}};
  for (const auto& [key, value] : tags) out["Tags"].push_back({{"Key", key}, {"Value", value}});
  if (next) out["NextToken"] = *next;
  return out;
}

Json tag_resource(RequestContext& context, const Input& input) {
  const Table table = tagged_table(context, input);
  storage::Tags tags = context.resources().tags(Table::kKind, table.name);
  for (const auto& tag : input.objects("Tags")) {
    if (tag.str("Key").starts_with("aws:")) throw validation("Tag keys cannot begin with aws:");
    tags[tag.str("Key")] = tag.str("Value");
  }
  if (tags.size() > kMostTags) throw validation("Too many tags: a resource can have at most " + std::to_string(kMostTags));
  context.resources().tag(Table::kKind, table.name, tags);
  return Json::object();
}

Json untag_resource(RequestContext& context, const Input& input) {
  const Table table = tagged_table(context, input);
  for (const auto& key : input.strings("TagKeys")) context.resources().untag(Table::kKind, table.name, key);
  return Json::object();
}

}  // namespace orrery::dynamodb
