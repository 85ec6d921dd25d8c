#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "aws/json.hpp"
#include "services/dynamodb/number.hpp"

namespace orrery::dynamodb {

// Attribute values are Json in the API's form: {"S": "text"}, {"N": "1"}, {"B": raw bytes}, {"SS": […]}, {"M": {…}},
// {"L": […]}, {"BOOL": true}, {"NULL": true}. An item is an object of attribute values by name.

/// The type's name: "S", "N", …. The value has been checked.
inline const std::string& type_of(const Json& value) { return value.begin().key(); }
inline const Json& content_of(const Json& value) { return *value.begin(); }
/// "STRING", "NUMBER_SET", …: as error messages call the types.
std::string_view long_type_name(std::string_view type);

/// Throws ValidationException for a name that no attribute can have.
void check_attribute_name(const std::string& name);

/// A client's value, checked, its numbers in normal form. Throws ValidationException. `depth` is its nesting level.
Json checked_value(const Json& value, int depth = 1);
/// Every value of an item (or key), checked.
Json checked_item(const Json& item);

/// Documented size: UTF-8 names and values, numbers by digits, 3 bytes and one a member for lists and maps.
std::size_t value_size(const Json& value);
std::size_t item_size(const Json& item);

/// Equal as DynamoDB compares: same type, sets without order.
bool equal(const Json& a, const Json& b);
/// Order of two strings, numbers or binaries of the same type; nullopt for everything else.
std::optional<int> compare(const Json& a, const Json& b);

constexpr std::size_t kMostItemBytes = 400 * 1024;

}  // namespace orrery::dynamodb
