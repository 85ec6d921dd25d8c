#include "services/ec2/prefix_list.hpp"

#include "aws/ids.hpp"
#include "registry/filters.hpp"
#include "services/ec2/describe.hpp"

namespace orrery::ec2 {

namespace {

/// The lists of gateway endpoints. AWS has many networks in each and changes them; these are the long-standing ones of
/// us-east-1, so that a rule or a route to a list has something behind it.
struct ManagedList {
  std::string_view service;
  std::vector<std::string_view> cidrs;
};

const ManagedList kLists[] = {
    {"dynamodb", {"3.218.180.0/22", "52.94.0.0/22", "52.119.224.0/20"}},
    {"s3", {"3.5.0.0/19", "52.216.0.0/15", "54.231.0.0/16"}},
};

std::string list_name(RequestContext& context, const ManagedList& list) {
  return "com.amazonaws." + context.region + "." + std::string(list.service);
}

/// The same id for the same region always, as on AWS.
std::string list_id(RequestContext& context, const ManagedList& list) {
  return "pl-" + aws::hex(aws::sha256(list_name(context, list))).substr(0, 8);
}

std::vector<Json> chosen(RequestContext& context, const Input& input, std::vector<Json> documents,
                         std::span<const FilterRow> rows) {
  const Filters filters(input);
  const auto row_of = [&](std::string_view name) {
    return std::find_if(rows.begin(), rows.end(), [&](const FilterRow& row) { return row.name == name; });
  };
  for (const auto& name : filters.unknown([&](std::string_view n) { return row_of(n) != rows.end(); }))
    throw errors::invalid_filter(name);
  const auto ids = input.strings("PrefixListIds");
  for (const auto& id : ids) require_prefix_list(context, id);
  std::erase_if(documents, [&](const Json& document) {
    const bool wanted =
        ids.empty() || std::find(ids.begin(), ids.end(), document["PrefixListId"].get<std::string>()) != ids.end();
    return !wanted || !filters.match([&](std::string_view name) { return values_at(document, row_of(name)->path); });
  });
  return documents;
}

constexpr FilterRow kPlainFilters[] = {{"prefix-list-id", "PrefixListId"}, {"prefix-list-name", "PrefixListName"}};
constexpr FilterRow kManagedFilters[] = {
    {"owner-id", "OwnerId"}, {"prefix-list-id", "PrefixListId"}, {"prefix-list-name", "PrefixListName"}};

}  // namespace

void require_prefix_list(RequestContext& context, const std::string& id) {
  for (const auto& list : kLists) {
    if (list_id(context, list) == id) return;
  }
  if (!id.starts_with("pl-"))
    throw errors::client("InvalidPrefixListId.Malformed", "Invalid id: \"" + id + "\" (expecting \"pl-...\")");
  throw errors::client("InvalidPrefixListID.NotFound", "The prefix list ID '" + id + "' does not exist");
}

Json describe_prefix_lists(RequestContext& context, const Input& input) {
  std::vector<Json> all;
  for (const auto& list : kLists)
    all.push_back({{"PrefixListId", list_id(context, list)},
                   {"PrefixListName", list_name(context, list)},
                   {"Cidrs", list.cidrs}});
  return page(input, chosen(context, input, std::move(all), kPlainFilters), "PrefixListId", "PrefixLists");
}

Json describe_managed_prefix_lists(RequestContext& context, const Input& input) {
  std::vector<Json> all;
  for (const auto& list : kLists) {
    const std::string id = list_id(context, list);
    // AWS's own lists have no MaxEntries and no Version.
    all.push_back({{"PrefixListId", id},
                   {"PrefixListName", list_name(context, list)},
                   {"PrefixListArn", aws::arn("ec2", context.region, "aws", "prefix-list/" + id)},
                   {"AddressFamily", "IPv4"},
                   {"State", "create-complete"},
                   {"OwnerId", "AWS"},
                   {"Tags", Json::array()}});
  }
  return page(input, chosen(context, input, std::move(all), kManagedFilters), "PrefixListId", "PrefixLists");
}

Json get_managed_prefix_list_entries(RequestContext& context, const Input& input) {
  const std::string id = input.str("PrefixListId");
  require_prefix_list(context, id);
  input.acknowledge("TargetVersion", "AWS's own lists have no versions that one could ask for");
  std::vector<Json> entries;
  for (const auto& list : kLists) {
    if (list_id(context, list) != id) continue;
    for (const auto& cidr : list.cidrs) entries.push_back({{"Cidr", cidr}});
  }
  return page(input, std::move(entries), "Cidr", "Entries");
}

}  // namespace orrery::ec2
