#pragma once
#include <optional>
#include <string>
#include <vector>

#include "services/dynamodb/item_store.hpp"
#include "services/dynamodb/request.hpp"

namespace orrery::dynamodb {

/// What Query and Scan share: index, filter, projection and Select, ExclusiveStartKey, Limit, and the page that comes
/// of them.
class Page {
 public:
  /// `filter` is the FilterExpression (or what the old parameters say).
  Page(const RequestContext& context, const Input& input, const Table& table, std::optional<Condition> filter,
       std::optional<std::vector<Path>> projection);

  const Index* index() const { return index_; }
  const KeySchema& key_schema() const { return index_ ? index_->key : table_.key; }
  const std::optional<Condition>& filter() const { return filter_; }
  const std::optional<ItemStore::Start>& start() const { return start_; }

  /// Takes one item; false when the page is full with it. The item that reaches 1 MB or the Limit is the page's last,
  /// and its LastEvaluatedKey even where nothing follows (dynalite's tests, which recorded the service).
  bool take(StoredItem item);
  /// The answer: Items, Count, ScannedCount, LastEvaluatedKey, ConsumedCapacity.
  Json answer(const Input& input);

 private:
  enum class Select { all, projected, specific, count };

  Select select(const Input& input) const;
  void read_start(const Json& key);
  Json selected(const Json& item) const;
  /// Gives the size that counts.
  std::size_t take_tree(const Json& item);

  const Table& table_;
  const Index* index_ = nullptr;
  std::optional<Condition> filter_;
  std::optional<std::vector<Path>> projection_;
  Select select_;
  std::optional<ItemStore::Start> start_;
  std::size_t limit_ = 0;  ///< 0: none

  Json items_ = Json::array();
  std::string text_;  ///< the items instead, as JSON, where nothing of them is left out
  std::string last_;  ///< the item that filled the page, as stored
  std::size_t count_ = 0, scanned_ = 0, bytes_ = 0;
};

/// What the service looks at before any expression: the old parameters of filter and projection, then the values of
/// ExclusiveStartKey.
void check_old_parameters(const Input& input, std::string_view filter);

/// FilterExpression, or the `legacy` parameter of its place; nullopt where both are absent.
std::optional<Condition> filter_expression(const Input& input, Placeholders& placeholders, std::string_view legacy);

}  // namespace orrery::dynamodb
