#include <cstdint>
#include <set>
#include <vector>

#include "services/dynamodb/description.hpp"
#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostGlobalIndexes = 20, kMostLocalIndexes = 5, kMostProjected = 100;
constexpr std::ptrdiff_t kMostOfKind = 4;  ///< HASH or RANGE attributes of a global index

using Names = std::set<std::string>;
using NameList = std::vector<std::string>;

enum class KeyForm { simple, multi_attribute };  ///< of tables and local indexes, and of global indexes

/// Names as the service's messages have them: in the order of a hash set of Java's with room for `room`, which gives
/// all messages that are recorded.
std::string list(NameList names, std::size_t room) {
  std::size_t buckets = 1;
  while (buckets < room) buckets *= 2;
  while (names.size() * 4 > buckets * 3) buckets *= 2;
  const auto bucket = [&](const std::string& name) {
    std::uint32_t hash = 0;
    for (const unsigned char c : name) hash = 31 * hash + c;
    return (hash ^ (hash >> 16)) & (buckets - 1);
  };
  std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return bucket(a) < bucket(b); });
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return "[" + out + "]";
}

constexpr std::size_t kUsualRoom = 16;

bool includes(const NameList& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
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

/// Of tables and local indexes. The service has it among the constraints of the request, before all else.
void check_two_elements(const Json& elements) {
  if (elements.size() <= 2) return;
  throw validation(
      "1 validation error detected: Value at 'keySchema' failed to satisfy constraint: Member must have "
      "length less than or equal to 2");
}

/// In the order, and the words, in which the service checks (dynalite's tests are from it, as is a catalogue of 2026 in
/// aws-controllers-k8s' notes).
void check_key_schema(const Json& elements, const NameList& defined, NameList& used, KeyForm form) {
  const bool multi_attribute = form == KeyForm::multi_attribute;
  NameList names;
  for (const auto& element : elements) {
    if (auto name = element.at("AttributeName").get<std::string>(); !includes(names, name))
      names.push_back(std::move(name));
  }
  for (const auto& name : names) {
    if (!includes(defined, name)) {
      throw invalid_parameter("Some index key attributes are not defined in AttributeDefinitions. Keys: " +
                              list(names, kUsualRoom) + ", AttributeDefinitions: " + list(defined, defined.size()));
    }
  }
  if (names.size() < elements.size()) {
    throw validation(elements.size() == 2
                         ? "Both the Hash Key and the Range Key element in the KeySchema have the same name"
                         : "The KeySchema contains multiple key attributes with the same name");
  }
  multi_attribute ? check_multi_attribute(elements) : check_key_types(elements);
  for (auto& name : names) {
    if (!includes(used, name)) used.push_back(std::move(name));
  }
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

constexpr const char *kLocal = "LocalSecondaryIndexes", *kGlobal = "GlobalSecondaryIndexes";

void check_index_schemas(const Json& document, const char* member, const NameList& defined, NameList& used) {
  if (!document.contains(member)) return;
  const Json& indexes = document.at(member);
  const bool local = member == kLocal;
  if (indexes.empty()) throw invalid_parameter(std::string("List of ") + member + " is empty");
  const std::size_t most = local ? kMostLocalIndexes : kMostGlobalIndexes;
  if (indexes.size() > most) {
    throw invalid_parameter((local ? "Number of LocalSecondaryIndexes exceeds per-table limit of "
                                   : "GlobalSecondaryIndex count exceeds the per-table limit of ") +
                            std::to_string(most));
  }
  for (const auto& index : indexes)
    check_key_schema(index.at("KeySchema"), defined, used, local ? KeyForm::simple : KeyForm::multi_attribute);
}

void check_local_key(const Json& index, const Json& table_keys) {
  const auto name = index.at("IndexName").get<std::string>();
  const Json& keys = index.at("KeySchema");
  if (keys.size() < 2) throw invalid_parameter("Index KeySchema does not have a range key for index: " + name);
  if (keys[0].at("AttributeName") == table_keys[0].at("AttributeName")) return;
  throw invalid_parameter("Index KeySchema does not have the same leading hash key as table KeySchema for index: " +
                          name + ". index hash key: " + keys[0].at("AttributeName").get<std::string>() +
                          ", table hash key: " + table_keys[0].at("AttributeName").get<std::string>());
}

/// All but the keys. Returns how many attributes the indexes name for their projections.
std::size_t check_indexes(const Json& document, const char* member, Names& index_names) {
  if (!document.contains(member)) return 0;
  std::size_t projected = 0;
  for (const auto& index : document.at(member)) {
    const auto name = index.at("IndexName").get<std::string>();
    if (!index_names.insert(name).second) throw invalid_parameter("Duplicate index name: " + name);
    if (member == kLocal) check_local_key(index, document.at("KeySchema"));
    check_projection(index);
    if (index.at("Projection").contains("NonKeyAttributes"))
      projected += index.at("Projection").at("NonKeyAttributes").size();
  }
  return projected;
}

/// A definition that no key uses hides all that is wrong with the rest of an index (aws-controllers-k8s' notes).
void check_definitions_used(const Json& document, const NameList& defined, const NameList& used) {
  if (used.size() == defined.size()) return;
  if (document.contains(kLocal) || document.contains(kGlobal)) {
    throw invalid_parameter("Some AttributeDefinitions are not used. AttributeDefinitions: " +
                            list(defined, defined.size()) + ", keys used: " + list(used, kUsualRoom));
  }
  throw invalid_parameter(
      "Number of attributes in KeySchema does not exactly match number of attributes defined in "
      "AttributeDefinitions");
}

}  // namespace

void check_description(const Json& document) {
  check_two_elements(document.at("KeySchema"));
  for (const auto& index : document.value(kLocal, Json::array())) check_two_elements(index.at("KeySchema"));
  NameList defined, used;
  for (const auto& definition : document.at("AttributeDefinitions")) {
    const auto name = definition.at("AttributeName").get<std::string>();
    if (includes(defined, name)) throw validation("Attribute Name is duplicated: " + name);
    defined.push_back(name);
  }
  if (document.at("KeySchema").size() > defined.size())
    throw validation("Invalid KeySchema: Some index key attribute have no definition");
  check_key_schema(document.at("KeySchema"), defined, used, KeyForm::simple);
  const bool local = document.contains(kLocal) && !document.at(kLocal).empty();
  if (local && document.at("KeySchema").size() < 2)
    throw invalid_parameter(
        "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
  for (const char* member : {kLocal, kGlobal}) check_index_schemas(document, member, defined, used);
  check_definitions_used(document, defined, used);
  Names index_names;
  std::size_t projected = 0;
  for (const char* member : {kLocal, kGlobal}) projected += check_indexes(document, member, index_names);
  if (projected > kMostProjected)
    throw invalid_parameter("Number of NonKeyAttributes in all indexes exceeds the limit of " +
                            std::to_string(kMostProjected));
}

}  // namespace orrery::dynamodb
