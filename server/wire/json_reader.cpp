#include <cmath>
#include <limits>

#include "aws/ids.hpp"
#include "wire/json_text.hpp"
#include "wire/scalars.hpp"

namespace orrery::wire {

namespace {

using api::Location;
using api::ReferenceView;
using api::ShapeView;
using api::Type;

/// Brackets outside strings. The parser itself does not recurse, what walks its result does.
void check_depth(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t n = 0; n < text.size(); ++n) {
    const char c = text[n];
    if (quoted) {
      if (c == '\\') ++n;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) throw Malformed{Malformed::Kind::syntax, "The document is nested too deeply"};
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
}

[[noreturn]] void cannot(const Json& document, std::string_view wanted) {
  const char* kind = "STRING_VALUE";
  if (document.is_number_float()) kind = "DECIMAL_VALUE";
  if (document.is_number_integer()) kind = "NUMBER_VALUE";
  if (document.is_boolean()) kind = document.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
  if (document.is_object())
    throw Malformed{Malformed::Kind::value, "Start of structure or map found where not expected"};
  if (document.is_array()) throw Malformed{Malformed::Kind::value, "Start of list found where not expected"};
  throw Malformed{Malformed::Kind::value, std::string(kind) + " cannot be converted to " + std::string(wanted)};
}

Json integer(const ReferenceView& reference, const Json& document) {
  const bool narrow = reference.type() == Type::integer;
  const char* wanted = narrow ? "Integer" : "Long";
  std::int64_t number = 0;
  if (document.is_number_unsigned()) {
    if (document.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) cannot(document, wanted);
    number = static_cast<std::int64_t>(document.get<std::uint64_t>());
  } else if (document.is_number_integer()) {
    number = document.get<std::int64_t>();
  } else if (document.is_number_float() && std::trunc(document.get<double>()) == document.get<double>() &&
             std::abs(document.get<double>()) < 9e18) {
    number = static_cast<std::int64_t>(document.get<double>());
  } else {
    cannot(document, wanted);
  }
  if (narrow &&
      (number > std::numeric_limits<std::int32_t>::max() || number < std::numeric_limits<std::int32_t>::min())) {
    cannot(document, wanted);
  }
  return number;
}

Json timestamp(const Json& document) {
  if (document.is_string()) return timestamp_from_text(document.get_ref<const std::string&>());
  if (!document.is_number()) cannot(document, "Timestamp");
  const double seconds = document.get<double>();
  if (!(std::abs(seconds) < 1e12)) cannot(document, "Timestamp");
  if (std::trunc(seconds) == seconds) return static_cast<std::int64_t>(seconds);
  return std::round(seconds * 1000) / 1000;
}

Json scalar(const ReferenceView& reference, Json document, Blobs blobs) {
  switch (reference.type()) {
    case Type::integer:
    case Type::long_integer:
      return integer(reference, document);
    case Type::floating:
      if (document.is_string()) return scalar_from_text(reference, document.get_ref<const std::string&>());
      if (!document.is_number()) cannot(document, "Double");
      return document.get<double>();
    case Type::boolean:
      if (!document.is_boolean()) cannot(document, "Boolean");
      return document;
    case Type::timestamp:
      return timestamp(document);
    case Type::blob: {
      if (!document.is_string()) cannot(document, "Blob");
      if (blobs == Blobs::raw) return document;
      return scalar_from_text(reference, document.get_ref<const std::string&>());
    }
    case Type::string:
      if (!document.is_string()) cannot(document, "String");
      return document;
    default:
      return document;
  }
}

}  // namespace

Json parse_json(std::string_view text) {
  check_depth(text);
  Json out = Json::parse(text, nullptr, false);
  if (out.is_discarded()) throw Malformed{Malformed::Kind::syntax, "The body is not valid JSON"};
  return out;
}

Json structure_from_document(const ShapeView& shape, Json document, Blobs blobs) {
  if (!document.is_object()) throw Malformed{Malformed::Kind::value, "Expected a structure"};
  Json out = Json::object();
  for (auto& [name, value] : document.get_ref<Json::object_t&>()) {
    if (value.is_null()) continue;
    const auto member = shape.find_wire(name);
    if (!member || member->location() != Location::body) continue;
    out[std::string(member->name())] = from_document(*member, std::move(value), blobs);
  }
  return out;
}

Json from_document(const ReferenceView& reference, Json document, Blobs blobs) {
  if (reference.json_value() && document.is_string()) return parse_json(document.get_ref<const std::string&>());
  switch (reference.type()) {
    case Type::structure:
      return structure_from_document(reference.shape(), std::move(document), blobs);
    case Type::list: {
      if (!document.is_array()) cannot(document, "List");
      Json out = Json::array();
      const auto element = reference.shape().element();
      for (auto& item : document) {
        if (!item.is_null()) out.push_back(from_document(element, std::move(item), blobs));
      }
      return out;
    }
    case Type::map: {
      if (!document.is_object()) cannot(document, "Map");
      const auto content = reference.shape().value();
      Json out = Json::object();
      for (auto& [name, item] : document.get_ref<Json::object_t&>()) {
        if (!item.is_null()) out[name] = from_document(content, std::move(item), blobs);
      }
      return out;
    }
    default:
      return scalar(reference, std::move(document), blobs);
  }
}

}  // namespace orrery::wire
