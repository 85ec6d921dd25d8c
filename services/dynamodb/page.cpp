#include "services/dynamodb/page.hpp"

#include "registry/written.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/legacy.hpp"
#include "services/dynamodb/projection.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostPageBytes = 1024 * 1024;

bool all_projected(const Table& table, const Index& index, const std::vector<Path>& paths) {
  return index.projection == "ALL" || std::all_of(paths.begin(), paths.end(), [&](const Path& path) {
           const auto& projected = index.projected;
           return table.key.holds(path.root()) || index.key.holds(path.root()) ||
                  std::find(projected.begin(), projected.end(), path.root()) != projected.end();
         });
}

}  // namespace

std::optional<Condition> filter_expression(const Input& input, Placeholders& placeholders, std::string_view legacy) {
  const auto text = input.find_str("FilterExpression");
  if (!text) return legacy_condition(input, legacy);
  return parse_condition(*text, "FilterExpression", placeholders);
}

void check_old_parameters(const Input& input, std::string_view filter) {
  legacy_condition(input, filter);
  legacy_projection(input);
  if (!input.has("ExclusiveStartKey")) return;
  try {
    checked_item(input.json("ExclusiveStartKey"));
  } catch (const AwsError& error) {
    // Of numbers and sets the service does not say where they are (dynalite's tests, which recorded it).
    static constexpr std::string_view kBare[] = {"contains duplicates", "number set", "numeric value",
                                                 "significant digits", "number with magnitude"};
    const auto says = [&](std::string_view text) { return error.message().find(text) != std::string::npos; };
    if (std::any_of(std::begin(kBare), std::end(kBare), says)) throw;
    throw validation("The provided starting key is invalid: " + error.message());
  }
}

Page::Page(const RequestContext& context, const Input& input, const Table& table, std::optional<Condition> filter,
           std::optional<std::vector<Path>> projection)
    : table_(table), filter_(std::move(filter)), projection_(std::move(projection)) {
  if (const auto name = input.find_str("IndexName")) {
    index_ = table.index(*name);
    if (!index_) throw validation("The table does not have the specified index: " + *name);
    if (context.now < index_->readable_from)
      throw validation("Cannot read from backfilling global secondary index: " + *name);
  }
  const bool global = index_ && index_->kind == IndexKind::global;
  if (global && consistency(input) == Capacity::Consistency::strong)
    throw validation("Consistent reads are not supported on global secondary indexes");
  select_ = select(input);
  if (global && projection_ && !all_projected(table, *index_, *projection_)) {
    throw invalid_parameter("Global secondary index " + index_->name + " does not project " +
                            projection_->front().text());
  }
  if (projection_) check_key_paths(table, *projection_);
  if (const auto limit = input.find_integer("Limit")) limit_ = static_cast<std::size_t>(*limit);
  if (input.has("ExclusiveStartKey")) read_start(checked_item(input.json("ExclusiveStartKey")));
}

Page::Select Page::select(const Input& input) const {
  const auto wanted = input.find_str("Select");
  const bool global = index_ && index_->kind == IndexKind::global;
  if (projection_) {
    if (wanted && *wanted != "SPECIFIC_ATTRIBUTES")
      throw validation("Cannot specify the " +
                       std::string(input.has("AttributesToGet") ? "AttributesToGet" : "ProjectionExpression") +
                       " when choosing to get " + std::string(*wanted == "COUNT" ? "only the Count" : *wanted));
    return Select::specific;
  }
  if (!wanted) return index_ ? Select::projected : Select::all;
  if (*wanted == "COUNT") return Select::count;
  if (*wanted == "ALL_PROJECTED_ATTRIBUTES") {
    if (!index_) throw invalid_parameter("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    return Select::projected;
  }
  if (*wanted == "SPECIFIC_ATTRIBUTES") {
    throw validation(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  if (global && index_->projection != "ALL") {
    throw invalid_parameter("Select type ALL_ATTRIBUTES is not supported for global secondary index " + index_->name +
                            " because its projection type is not ALL");
  }
  return Select::all;
}

void Page::read_start(const Json& key) {
  const AwsError invalid = validation("The provided starting key is invalid");
  std::set<std::string> names;
  for (const KeySchema* schema : {&table_.key, &key_schema()}) {
    for (const auto& attribute : schema->hash) names.insert(attribute.name);
    for (const auto& attribute : schema->range) names.insert(attribute.name);
  }
  if (key.size() != names.size()) throw invalid;
  for (const auto& name : names) {
    if (!key.contains(name)) throw invalid;
  }
  const auto part = [&](const KeySchema& schema) {
    const auto out = dynamodb::index_key(schema, key);
    if (!out)
      throw validation("The provided starting key is invalid: The provided key element does not match the schema");
    return *out;
  };
  start_ = ItemStore::Start{part(table_.key), index_ ? part(index_->key) : Key{}};
}

Json Page::selected(const Json& item) const {
  switch (select_) {
    case Select::specific:
      return project(item, *projection_);
    case Select::projected:
      return index_projection(table_, *index_, item);
    case Select::all:
    case Select::count:
      break;
  }
  return item;
}

bool Page::take(StoredItem item) {
  const bool whole = !filter_ && (!index_ || index_->projection == "ALL") && select_ != Select::specific;
  ++scanned_;
  bytes_ += whole ? item.size() : take_tree(Json(item));
  if (whole) {
    ++count_;
    if (select_ != Select::count) {
      text_ += text_.empty() ? '[' : ',';
      item.append_json(text_);
    }
  }
  if (bytes_ < kMostPageBytes && scanned_ != limit_) return true;
  last_ = item.bytes();
  return false;
}

std::size_t Page::take_tree(const Json& item) {
  const Json held = index_ ? index_projection(table_, *index_, item) : Json();
  const bool global = index_ && index_->kind == IndexKind::global;
  if (!filter_ || evaluate(*filter_, global ? held : item)) {
    ++count_;
    if (select_ != Select::count) items_.push_back(selected(item));
  }
  return item_size(index_ ? held : item);
}

Json Page::answer(const Input& input) {
  Json out = {{"Count", count_}, {"ScannedCount", scanned_}};
  if (!text_.empty()) {
    out["Items"] = written(text_ + ']');
  } else if (select_ != Select::count) {
    out["Items"] = std::move(items_);
  }
  if (!last_.empty()) out["LastEvaluatedKey"] = key_attributes(table_, index_, decode_item(last_));
  Capacity capacity;
  const double units = Capacity::read_units(bytes_, consistency(input));
  if (index_) {
    capacity.add_index(*index_, units);
  } else {
    capacity.add_table(units);
  }
  add(out, "ConsumedCapacity", capacity.report(table_.name, wanted_capacity(input)));
  return out;
}

}  // namespace orrery::dynamodb
