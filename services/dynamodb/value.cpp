#include "services/dynamodb/value.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

constexpr int kMostLevels = 32;

Json checked_set(const std::string& type, const Json& elements) {
  const std::string_view what = type == "SS" ? "string" : type == "NS" ? "number" : "binary";
  if (elements.empty()) {
    throw invalid_parameter(type == "BS" ? "Binary sets should not be empty"
                                         : "An " + std::string(what) + " set  may not be empty");
  }
  Json out = Json::array();
  for (const auto& element : elements) {
    if (!element.is_string())
      throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    const auto& text = element.get_ref<const std::string&>();
    out.push_back(type == "NS" ? Number::parse(text).text() : text);
  }
  auto sorted = out.get_ref<const Json::array_t&>();
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    if (type == "NS") throw validation("Input collection contains duplicates");
    std::string list;
    for (const auto& element : elements) {
      const auto& text = element.get_ref<const std::string&>();
      list += (list.empty() ? "" : ", ") + (type == "BS" ? aws::base64(text) : text);
    }
    throw invalid_parameter("Input collection [" + list + "]" + (type == "BS" ? "of type BS" : "") +
                            " contains duplicates.");
  }
  return out;
}

}  // namespace

std::string_view long_type_name(std::string_view type) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"S", "STRING"},      {"N", "NUMBER"},     {"B", "BINARY"},  {"SS", "STRING_SET"}, {"NS", "NUMBER_SET"},
      {"BS", "BINARY_SET"}, {"BOOL", "BOOLEAN"}, {"NULL", "NULL"}, {"L", "LIST"},        {"M", "MAP"}};
  for (const auto& [name, text] : kNames) {
    if (name == type) return text;
  }
  return type;
}

void check_attribute_name(const std::string& name) {
  constexpr std::size_t kMostNameBytes = 65535;
  if (name.size() > kMostNameBytes)
    throw invalid_parameter("Attribute name is too large, must be less than 65536 bytes");
}

Json checked_value(const Json& value, int depth) {
  if (depth > kMostLevels) throw validation("Nesting Levels have exceeded supported limits");
  if (!value.is_object() || value.empty())
    throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  if (value.size() > 1) {
    for (const auto& [type, content] : value.items())
      checked_value(Json{{type, content}}, depth);  // each is looked at first
    throw validation(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
  }
  const std::string& type = type_of(value);
  const Json& content = content_of(value);
  if (type == "N") return {{"N", Number::parse(content.get_ref<const std::string&>()).text()}};
  if (type == "S" || type == "B" || type == "BOOL") return value;
  if (type == "NULL") {
    if (!content.get<bool>()) throw invalid_parameter("Null attribute value types must have the value of true");
    return value;
  }
  if (type == "SS" || type == "NS" || type == "BS") return {{type, checked_set(type, content)}};
  if (type == "L") {
    Json out = Json::array();
    for (const auto& element : content) out.push_back(checked_value(element, depth + 1));
    return {{"L", std::move(out)}};
  }
  if (type == "M") {
    Json out = Json::object();
    for (const auto& [name, element] : content.items()) {
      check_attribute_name(name);
      out[name] = checked_value(element, depth + 1);
    }
    return {{"M", std::move(out)}};
  }
  throw validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

Json checked_item(const Json& item) {
  Json out = Json::object();
  for (const auto& [name, value] : item.items()) {
    check_attribute_name(name);
    out[name] = checked_value(value);
  }
  return out;
}

std::size_t value_size(const Json& value) {
  const std::string& type = type_of(value);
  const Json& content = content_of(value);
  if (type == "S" || type == "B") return content.get_ref<const std::string&>().size();
  if (type == "N") return Number::parse(content.get_ref<const std::string&>()).size();
  if (type == "BOOL" || type == "NULL") return 1;
  std::size_t size = 0;
  if (type == "SS" || type == "BS") {
    for (const auto& element : content) size += element.get_ref<const std::string&>().size();
  } else if (type == "NS") {
    for (const auto& element : content) size += Number::parse(element.get_ref<const std::string&>()).size();
  } else if (type == "L") {
    size = 3;
    for (const auto& element : content) size += value_size(element) + 1;
  } else {
    size = 3;
    for (const auto& [name, element] : content.items()) size += name.size() + value_size(element) + 1;
  }
  return size;
}

std::size_t item_size(const Json& item) {
  std::size_t size = 0;
  for (const auto& [name, value] : item.items()) size += name.size() + value_size(value);
  return size;
}

bool equal(const Json& a, const Json& b) {
  const std::string& type = type_of(a);
  if (type != type_of(b)) return false;
  const Json &x = content_of(a), &y = content_of(b);
  if (type == "SS" || type == "NS" || type == "BS") {
    auto left = x.get_ref<const Json::array_t&>(), right = y.get_ref<const Json::array_t&>();
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    return left == right;
  }
  if (type == "L") return std::equal(x.begin(), x.end(), y.begin(), y.end(), equal);
  if (type == "M") {
    if (x.size() != y.size()) return false;
    for (const auto& [name, element] : x.items()) {
      const auto other = y.find(name);
      if (other == y.end() || !equal(element, *other)) return false;
    }
    return true;
  }
  return x == y;  // numbers are in normal form
}

std::optional<int> compare(const Json& a, const Json& b) {
  const std::string& type = type_of(a);
  if (type != type_of(b)) return std::nullopt;
  if (type == "N") {
    const auto order = Number::parse(content_of(a).get_ref<const std::string&>()) <=>
                       Number::parse(content_of(b).get_ref<const std::string&>());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  if (type != "S" && type != "B") return std::nullopt;
  // char_traits<char> compares as unsigned bytes, which is DynamoDB's order for both types.
  return content_of(a).get_ref<const std::string&>().compare(content_of(b).get_ref<const std::string&>());
}

}  // namespace orrery::dynamodb
