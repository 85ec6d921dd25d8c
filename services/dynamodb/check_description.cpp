#include <set>

#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostGlobalIndexes = 20, kMostLocalIndexes = 5, kMostProjected = 100;
constexpr std::ptrdiff_t kMostOfKind = 4;  ///< HASH or RANGE attributes of a global index

using Names = std::set<std::string>;

enum class KeyForm { simple, multi_attribute };  ///< of tables and local indexes, and of global indexes

std::string list(const Names& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return "[" + out + "]";
}

/// Of tables and local indexes: HASH, or HASH and RANGE.
void check_key_types(const Json& elements) {
  if (elements.empty() || elements[0].at("KeyType") != "HASH")
    throw validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (elements.size() > 1 && elements[1].at("KeyType") != "RANGE")
    throw validation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
}

/// Of global indexes: first the HASH, then the RANGE attributes (developer guide, "Multi-attribute keys").
void check_multi_attribute(const Json& elements) {
  if (elements.empty() || elements[0].at("KeyType") != "HASH")
    throw validation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  const auto hash = [](const Json& element) { return element.at("KeyType") == "HASH"; };
  if (!std::is_partitioned(elements.begin(), elements.end(), hash))
    throw invalid_parameter("All HASH key attributes must precede RANGE key attributes in the KeySchema");
  const auto hashes = std::count_if(elements.begin(), elements.end(), hash);
  const auto ranges = static_cast<std::ptrdiff_t>(elements.size()) - hashes;
  if (hashes <= kMostOfKind && ranges <= kMostOfKind) return;
  throw invalid_parameter("The KeySchema exceeds the maximum allowed number of " +
                          std::string(hashes > kMostOfKind ? "HASH" : "RANGE") + " key attributes");
}

/// In the order, and the words, in which the service checks (dynalite's tests are from it, as is a catalogue of 2026 in
/// aws-controllers-k8s' notes).
void check_key_schema(const Json& elements, const Names& defined, Names& used, KeyForm form) {
  const bool multi_attribute = form == KeyForm::multi_attribute;
  if (elements.size() > 2 && !multi_attribute) {
    throw validation(
        "1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have "
        "length less than or equal to 2");
  }
  Names names;
  for (const auto& element : elements) names.insert(element.at("AttributeName").get<std::string>());
  for (const auto& name : names) {
    if (!defined.contains(name)) {
      throw invalid_parameter("Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                              list(names) + ", AttributeDefinitions: " + list(defined));
    }
  }
  if (names.size() < elements.size()) {
    throw validation(elements.size() == 2
                         ? "Both the Hash Key and the Range Key element in the KeySchema have the same name"
                         : "The KeySchema contains multiple key attributes with the same name");
  }
  multi_attribute ? check_multi_attribute(elements) : check_key_types(elements);
  used.insert(names.begin(), names.end());
}

void check_projection(const Json& index) {
  const Json& projection = index.at("Projection");
  const std::string type = projection.value("ProjectionType", "");
  if (type.empty()) throw invalid_parameter("Unknown ProjectionType: null");
  const bool names = projection.contains("NonKeyAttributes");
  if (type == "INCLUDE" && !names)
    throw invalid_parameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  if (names) {
    Names all;
    for (const auto& name : projection.at("NonKeyAttributes")) {
      if (!all.insert(name.get<std::string>()).second)
        throw invalid_parameter("Duplicate element in NonKeyAttributes: " + name.get<std::string>());
    }
  }
  if (type != "INCLUDE" && names) {
    throw invalid_parameter("ProjectionType is " + type + ", but NonKeyAttributes is specified");
  }
}

void check_indexes(const Json& document, const char* member, std::size_t most, const Names& defined, Names& used,
                   Names& index_names, std::size_t& projected) {
  if (!document.contains(member)) return;
  const Json& indexes = document.at(member);
  const bool local = std::string_view(member) == "LocalSecondaryIndexes";
  const std::string what = local ? "LocalSecondaryIndex" : "GlobalSecondaryIndex";
  if (indexes.empty()) throw invalid_parameter("List of " + what + "es is empty");
  if (indexes.size() > most) {
    throw invalid_parameter((local ? "Number of LocalSecondaryIndexes exceeds per-table limit of "
                                   : "GlobalSecondaryIndex count exceeds the per-table limit of ") +
                            std::to_string(most));
  }
  const auto& table_keys = document.at("KeySchema");
  for (const auto& index : indexes) {
    const auto name = index.at("IndexName").get<std::string>();
    if (!index_names.insert(name).second) throw invalid_parameter("Duplicate index name: " + name);
    check_key_schema(index.at("KeySchema"), defined, used, local ? KeyForm::simple : KeyForm::multi_attribute);
    if (local && index.at("KeySchema").size() < 2)
      throw invalid_parameter("Index KeySchema does not have a range key for index: " + name);
    if (local && index.at("KeySchema")[0].at("AttributeName") != table_keys[0].at("AttributeName")) {
      throw invalid_parameter(
          "Index KeySchema does not have the same leading hash key as table KeySchema for index: " + name +
          ". index hash key: " + index.at("KeySchema")[0].at("AttributeName").get<std::string>() +
          ", table hash key: " + table_keys[0].at("AttributeName").get<std::string>());
    }
    check_projection(index);
    if (index.at("Projection").contains("NonKeyAttributes"))
      projected += index.at("Projection").at("NonKeyAttributes").size();
  }
}

}  // namespace

void check_description(const Json& document) {
  Names defined, used, index_names;
  for (const auto& definition : document.at("AttributeDefinitions")) {
    const auto name = definition.at("AttributeName").get<std::string>();
    if (!defined.insert(name).second) throw validation("Attribute Name is duplicated: " + name);
  }
  if (document.at("KeySchema").size() > defined.size())
    throw validation("Invalid KeySchema: Some index key attribute have no definition");
  check_key_schema(document.at("KeySchema"), defined, used, KeyForm::simple);
  const bool local = document.contains("LocalSecondaryIndexes") && !document.at("LocalSecondaryIndexes").empty();
  if (local && document.at("KeySchema").size() < 2)
    throw invalid_parameter(
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
  std::size_t projected = 0;
  check_indexes(document, "LocalSecondaryIndexes", kMostLocalIndexes, defined, used, index_names, projected);
  check_indexes(document, "GlobalSecondaryIndexes", kMostGlobalIndexes, defined, used, index_names, projected);
  if (projected > kMostProjected)
    throw invalid_parameter("Number of NonKeyAttributes in all indexes exceeds the limit of " +
                            std::to_string(kMostProjected));
  if (used.size() == defined.size()) return;
  if (document.contains("LocalSecondaryIndexes") || document.contains("GlobalSecondaryIndexes")) {
    throw invalid_parameter("Some AttributeDefinitions are not used. AttributeDefinitions: " + list(defined) +
                            ", keys used: " + list(used));
  }
  throw invalid_parameter(
      "Number of attributes in KeySchema does not exactly match number of attributes defined in "
      "AttributeDefinitions");
}

}  // namespace orrery::dynamodb
