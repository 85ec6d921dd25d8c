#include "services/dynamodb/item_json.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr int kDeepestDocument = 64;  // checked_item() draws the line at DynamoDB's own 32 levels

enum class Direction { out, in };

std::string converted(const std::string& bytes, Direction direction) {
  if (direction == Direction::out) return aws::base64(bytes);
  std::string raw;
  if (!aws::base64_decode(bytes, raw)) throw validation("Invalid attribute value type: a binary value is no Base64");
  return raw;
}

const std::string& text_of(const Json& content) {
  if (!content.is_string()) throw validation("Invalid attribute value type");
  return content.get_ref<const std::string&>();
}

Json converted_value(const Json& value, Direction direction, int depth);

Json converted_members(const Json& members, Direction direction, int depth) {
  if (!members.is_object()) throw validation("Invalid attribute value type");
  Json out = Json::object();
  for (const auto& [name, value] : members.items()) out[name] = converted_value(value, direction, depth);
  return out;
}

Json converted_list(const Json& elements, const auto& convert) {
  if (!elements.is_array()) throw validation("Invalid attribute value type");
  Json out = Json::array();
  for (const auto& element : elements) out.push_back(convert(element));
  return out;
}

Json converted_content(const std::string& type, const Json& content, Direction direction, int depth) {
  if (type == "S" || type == "N") return text_of(content);
  if (type == "B") return converted(text_of(content), direction);
  if (type == "SS" || type == "NS") return converted_list(content, [](const Json& one) { return text_of(one); });
  if (type == "BS") return converted_list(content, [&](const Json& one) { return converted(text_of(one), direction); });
  if (type == "L")
    return converted_list(content, [&](const Json& one) { return converted_value(one, direction, depth + 1); });
  if (type == "M") return converted_members(content, direction, depth + 1);
  if ((type == "BOOL" || type == "NULL") && content.is_boolean()) return content;
  throw validation("Invalid attribute value type");
}

Json converted_value(const Json& value, Direction direction, int depth) {
  if (depth > kDeepestDocument) throw validation("Nesting Levels have exceeded supported limits");
  if (!value.is_object() || value.size() != 1)
    throw validation("Supplied AttributeValue must contain exactly one of the supported datatypes");
  Json out = Json::object();
  out[type_of(value)] = converted_content(type_of(value), content_of(value), direction, depth);
  return out;
}

}  // namespace

Json portable_item(const Json& item) { return converted_members(item, Direction::out, 0); }

Json item_of_portable(const Json& item) { return checked_item(converted_members(item, Direction::in, 0)); }

}  // namespace orrery::dynamodb
