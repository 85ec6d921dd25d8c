#include "services/rds/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace orrery::rds {

namespace {

bool well_formed(std::string_view name) {
  if (name.empty() || name.size() > 255) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  });
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool in_list(std::string_view list, std::string_view value) {
  while (true) {
    const auto comma = list.find(',');
    if (list.substr(0, comma) == value) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

bool in_range(std::string_view range, std::string_view value) {
  const auto dash = range.find('-', 1);
  const auto low = number(range.substr(0, dash)), high = number(range.substr(dash + 1)), wanted = number(value);
  return low && high && wanted && *low <= *wanted && *wanted <= *high;
}

}  // namespace

bool has_postgres_parameters(std::string_view family) {
  return family.rfind("postgres", 0) == 0 || family.rfind("aurora-postgresql", 0) == 0;
}

std::optional<Parameter> find_parameter(std::string_view family, std::string_view name) {
  if (has_postgres_parameters(family)) {
    const auto table = postgres_parameters();
    const auto it = std::find_if(table.begin(), table.end(), [&](const Parameter& p) { return p.name == name; });
    if (it == table.end()) return std::nullopt;
    return *it;
  }
  if (!well_formed(name)) return std::nullopt;
  return Parameter{name, "dynamic", "string", "", true};
}

bool allows(const Parameter& parameter, std::string_view value) {
  if (parameter.allowed.empty() || value.find('{') != std::string_view::npos) return true;
  if (parameter.data_type == "boolean") return in_list("0,1,on,off,true,false", value);
  if (parameter.data_type == "integer" || parameter.data_type == "float") return in_range(parameter.allowed, value);
  return in_list(parameter.allowed, value);
}

}  // namespace orrery::rds
