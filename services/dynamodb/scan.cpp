#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/page.hpp"

namespace orrery::dynamodb {

namespace {

struct Segment {
  std::uint64_t number = 0, total = 1;

  /// Whether the item belongs to this segment: by a hash of its hash key (FNV-1a), so that segments are even whatever
  /// the keys look like, and every reader agrees.
  bool holds(const std::string& hash) const {
    if (total == 1) return true;
    std::uint64_t value = 14695981039346656037ULL;
    for (const unsigned char c : hash) value = (value ^ c) * 1099511628211ULL;
    return (value >> 32) % total == number;
  }
};

Segment segment(const Input& input) {
  const auto number = input.find_integer("Segment"), total = input.find_integer("TotalSegments");
  if (number && !total) {
    throw validation(
        "The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
  }
  if (total && !number) {
    throw validation(
        "The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
  }
  if (!number) return {};
  if (*number >= *total) {
    throw validation("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " +
                     std::to_string(*number) + " is not less than TotalSegments: " + std::to_string(*total));
  }
  return {static_cast<std::uint64_t>(*number), static_cast<std::uint64_t>(*total)};
}

}  // namespace

Json scan(RequestContext& context, const Input& input) {
  check_parameters(input, {"FilterExpression", "ProjectionExpression"});
  check_old_parameters(input, "ScanFilter");
  const Segment part = segment(input);
  Placeholders held = placeholders(input);
  auto filter = filter_expression(input, held, "ScanFilter");
  auto paths = projection(input, held);
  held.check_all_used();

  const auto held_table = item_table(context, input.str("TableName"));
  const Table& table = *held_table;
  Page page(context, input, table, std::move(filter), std::move(paths));
  check_key_paths(table, page.filter());
  if (page.start() && !part.holds(page.index() ? page.start()->index.hash : page.start()->item.hash)) {
    throw validation(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
        "correct Segment. TotalSegments: " +
        std::to_string(part.total) + " Segment: " + std::to_string(part.number));
  }
  ItemStore(context.tx).scan(table, page.index(), page.start(), [&](const Key& key, StoredItem item) {
    const bool ours = part.holds(page.index() && part.total > 1 ? index_key(page.index()->key, item)->hash : key.hash);
    return !ours || page.take(item);
  });
  return page.answer(input);
}

}  // namespace orrery::dynamodb
