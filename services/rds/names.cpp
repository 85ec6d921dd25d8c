#include "services/rds/names.hpp"

#include <algorithm>
#include <cctype>

#include "services/rds/errors.hpp"

namespace orrery::rds {

std::string checked_identifier(std::string_view parameter, const std::string& value, std::size_t longest) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  bool valid = !value.empty() && letter(value.front()) && value.back() != '-' && value.find("--") == std::string::npos;
  for (const char c : value) valid = valid && (letter(c) || digit(c) || c == '-');
  if (!valid) {
    throw invalid_parameter_value("The parameter " + std::string(parameter) +
                                  " is not a valid identifier. Identifiers must begin with a letter; must contain only "
                                  "ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "
                                  "consecutive hyphens.");
  }
  if (value.size() > longest) {
    throw invalid_parameter_value("The parameter " + std::string(parameter) +
                                  " is not a valid identifier because it is longer than " + std::to_string(longest) +
                                  " characters.");
  }
  return lower(value);
}

}  // namespace orrery::rds
