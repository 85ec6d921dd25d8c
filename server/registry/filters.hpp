#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/input.hpp"

namespace orrery {

/// True when `text` matches `pattern`, in which '*' stands for any run, '?' for one character, and '\' escapes.
bool wildcard_match(std::string_view pattern, std::string_view text);

/// A list of {Name, Values} filters: a resource passes when, for each filter, one of its values for that name
/// matches one of the filter's values (EC2 API reference, "Filtering").
class Filters {
 public:
  /// Reads member `member` of `input`, a list of structures with `Name` and `Values`.
  explicit Filters(const Input& input, std::string_view member = "Filters");

  bool empty() const { return filters_.empty(); }
  /// Names that no filter of this operation has, for the service's own error.
  std::vector<std::string> unknown(const std::function<bool(std::string_view)>& known) const;
  /// `values_of(name)` gives a resource's values for a filter's name (several for multi-valued ones, none for unset).
  using ValuesOf = std::function<std::vector<std::string>(std::string_view name)>;
  bool match(const ValuesOf& values_of) const;

 private:
  struct Filter {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Filter> filters_;
};

}  // namespace orrery
