#pragma once
#include <map>
#include <string>

#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// Capacity that one request consumed on one table, in the arithmetic of the developer guide ("Capacity unit
/// consumption for reads/writes"): 4 KB a read unit (half a unit when eventually consistent), 1 KB a write unit,
/// everything double in a transaction.
class Capacity {
 public:
  enum class Consistency { eventual, strong };
  enum class Transactional { no, yes };

  static double read_units(std::size_t bytes, Consistency consistency, Transactional transactional = Transactional::no);
  static double write_units(std::size_t bytes, Transactional transactional = Transactional::no);

  void add_table(double units) { table_ += units; }
  void add_index(const Index& index, double units);
  /// A write from `before` to `after` (null for none): the table's units and those of each index it touches.
  void add_write(const Table& table, const Json* before, const Json* after,
                 Transactional transactional = Transactional::no);

  /// The ConsumedCapacity structure; null when ReturnConsumedCapacity asks for none.
  enum class Split { none, read, write };
  Json report(const std::string& table_name, const std::string& wanted, Split split = Split::none) const;

 private:
  double table_ = 0;
  std::map<std::string, double> local_, global_;
};

/// ItemCollectionMetrics of a write to a table with local indexes; null where not asked for or not applicable.
Json item_collection_metrics(const Input& input, const Table& table, const Json& key);

}  // namespace orrery::dynamodb
