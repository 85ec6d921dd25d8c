#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

void check_key(const std::string& key, char sign, const char* parameter) {
  const bool right = key.size() > 1 && key[0] == sign && std::all_of(key.begin() + 1, key.end(), [](unsigned char c) {
                       return std::isalnum(c) != 0 || c == '_';
                     });
  if (!right) throw validation(std::string(parameter) + " contains invalid key: Syntax error; key: \"" + key + "\"");
}

}  // namespace

Placeholders::Placeholders(const Json& names, const Json& values) : names_(names), values_(values) {
  if (names_.is_object()) {
    if (names_.empty()) throw validation("ExpressionAttributeNames must not be empty");
    for (const auto& [key, name] : names_.items()) {
      check_key(key, '#', "ExpressionAttributeNames");
      check_attribute_name(name.get_ref<const std::string&>());
    }
  }
  if (!values_.is_object()) return;
  if (values_.empty()) throw validation("ExpressionAttributeValues must not be empty");
  for (const auto& [key, value] : values_.items()) check_key(key, ':', "ExpressionAttributeValues");
  for (auto& [key, value] : values_.items()) {
    try {
      value = checked_value(value);
    } catch (const AwsError& error) {
      throw validation("ExpressionAttributeValues contains invalid value: " + error.message() + " for key " + key);
    }
  }
}

const std::string* Placeholders::name(const std::string& placeholder) {
  const auto found = names_.is_object() ? names_.find(placeholder) : names_.end();
  if (found == names_.end()) return nullptr;
  used_.insert(placeholder);
  return &found->get_ref<const std::string&>();
}

const Json* Placeholders::value(const std::string& placeholder) {
  const auto found = values_.is_object() ? values_.find(placeholder) : values_.end();
  if (found == values_.end()) return nullptr;
  used_.insert(placeholder);
  return &*found;
}

void Placeholders::check_all_used() const {
  for (const auto& [held, parameter] :
       {std::pair{&names_, "ExpressionAttributeNames"}, std::pair{&values_, "ExpressionAttributeValues"}}) {
    if (!held->is_object()) continue;
    std::string unused;
    for (const auto& [key, value] : held->items()) {
      if (!used_.contains(key)) unused += (unused.empty() ? "" : ", ") + key;
    }
    if (!unused.empty())
      throw validation("Value provided in " + std::string(parameter) + " unused in expressions: keys: {" + unused +
                       "}");
  }
}

}  // namespace orrery::dynamodb
