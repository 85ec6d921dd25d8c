#include <simdjson.h>

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

/// Takes the parser's events and builds a value of the table's types: no tree of the document comes in between. What
/// the table does not know and nulls are passed over.
class Builder {
 public:
  /// `shape` of the document; nullopt: the document as it is.
  Builder(std::optional<ShapeView> shape, Blobs blobs) : shape_(shape), blobs_(blobs) {}
  Json take() { return std::move(out_); }

  bool null() { return scalar_event(nullptr); }
  bool boolean(bool value) { return scalar_event(value); }
  bool number_integer(std::int64_t value) { return scalar_event(value); }
  bool number_unsigned(std::uint64_t value) { return scalar_event(value); }
  bool number_float(double value, const std::string&) { return scalar_event(value); }
  bool string(std::string& value) { return scalar_event(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::value_t::object); }
  bool start_array(std::size_t) { return open(Json::value_t::array); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  bool key(std::string& name) {
    Frame& frame = frames_.back();
    if (frame.kind != Kind::structure) {
      frame.key = std::move(name);
      return true;
    }
    frame.slot = frame.shape->find_wire(name);
    if (frame.slot && frame.slot->location() != Location::body) frame.slot.reset();
    if (frame.slot) frame.key = frame.slot->name();
    return true;
  }

 private:
  enum class Kind { structure, list, map, any, skipped };
  struct Frame {
    Kind kind;
    Json* value = nullptr;                   ///< what is being filled
    std::optional<ShapeView> shape = {};     ///< of a structure
    std::optional<ReferenceView> slot = {};  ///< of the next value, where it has a type
    std::string key = {};
  };

  Json& place(Frame& frame) {
    if (frame.value->is_object()) return (*frame.value)[frame.key];
    frame.value->push_back(nullptr);
    return frame.value->back();
  }

  static bool skips(const Frame& frame) {
    return frame.kind == Kind::skipped || (frame.kind == Kind::structure && !frame.slot);
  }

  bool scalar_event(Json value) {
    if (frames_.empty()) {
      if (shape_) throw Malformed{Malformed::Kind::value, "Expected a structure"};
      out_ = std::move(value);
      return true;
    }
    Frame& frame = frames_.back();
    if (skips(frame)) return true;
    if (frame.kind == Kind::any) {
      place(frame) = std::move(value);
    } else if (!value.is_null()) {
      Json typed = from_document(*frame.slot, std::move(value), blobs_);
      place(frame) = std::move(typed);
    } else if (frame.value->is_object()) {
      frame.value->erase(frame.key);  // of two members of one name the last one counts
    }
    return true;
  }

  bool open(Json::value_t type) {
    if (static_cast<int>(frames_.size()) >= kMaxDepth)
      throw Malformed{Malformed::Kind::syntax, "The document is nested too deeply"};
    if (frames_.empty()) {
      if (shape_ && type != Json::value_t::object) throw Malformed{Malformed::Kind::value, "Expected a structure"};
      out_ = Json(type);
      frames_.push_back({shape_ ? Kind::structure : Kind::any, &out_, shape_});
      return true;
    }
    Frame& frame = frames_.back();
    Frame inner{Kind::skipped};
    if (frame.kind == Kind::any) {
      inner.kind = Kind::any;
    } else if (!skips(frame)) {
      inner = typed_frame(*frame.slot, type);
    }
    if (inner.kind != Kind::skipped) {
      inner.value = &place(frame);
      *inner.value = Json(type);
    }
    frames_.push_back(std::move(inner));
    return true;
  }

  static Frame typed_frame(const ReferenceView& reference, Json::value_t type) {
    const auto shape = reference.shape();
    switch (reference.type()) {
      case Type::structure:
        if (type != Json::value_t::object) throw Malformed{Malformed::Kind::value, "Expected a structure"};
        return {Kind::structure, nullptr, shape};
      case Type::list:
        if (type != Json::value_t::array) cannot(Json(type), "List");
        return {Kind::list, nullptr, {}, shape.element()};
      case Type::map:
        if (type != Json::value_t::object) cannot(Json(type), "Map");
        return {Kind::map, nullptr, {}, shape.value()};
      case Type::document:
        return {Kind::any};
      default:
        cannot(Json(type), "");
    }
  }

  bool close() {
    frames_.pop_back();
    return true;
  }

  std::optional<ShapeView> shape_;
  Blobs blobs_;
  Json out_;
  std::vector<Frame> frames_;
};

/// Hands simdjson's document to the builder; false where the builder takes no more.
bool walk(const simdjson::dom::element& value, Builder& builder, std::string& scratch) {
  using Type = simdjson::dom::element_type;
  switch (value.type()) {
    case Type::OBJECT: {
      const simdjson::dom::object members = value.get_object().value_unsafe();
      if (!builder.start_object(0)) return false;
      for (const auto& [name, member] : members) {
        scratch = name;
        if (!builder.key(scratch) || !walk(member, builder, scratch)) return false;
      }
      return builder.end_object();
    }
    case Type::ARRAY: {
      const simdjson::dom::array items = value.get_array().value_unsafe();
      if (!builder.start_array(0)) return false;
      for (const auto& item : items) {
        if (!walk(item, builder, scratch)) return false;
      }
      return builder.end_array();
    }
    case Type::STRING:
      scratch = value.get_string().value_unsafe();
      return builder.string(scratch);
    case Type::INT64: {
      const std::int64_t number = value.get_int64().value_unsafe();
      return number < 0 ? builder.number_integer(number) : builder.number_unsigned(static_cast<std::uint64_t>(number));
    }
    case Type::UINT64:
      return builder.number_unsigned(value.get_uint64().value_unsafe());
    case Type::DOUBLE:
      return builder.number_float(value.get_double().value_unsafe(), {});
    case Type::BOOL:
      return builder.boolean(value.get_bool().value_unsafe());
    case Type::NULL_VALUE:
      return builder.null();
  }
  return false;
}

/// simdjson reads a PutItem in a quarter of nlohmann's time. What it refuses nlohmann reads once more: it takes
/// integers of any length, and a byte order mark.
Json parse(std::string_view text, const Builder& empty) {
  constexpr std::size_t kOrdinary = 64 * 1024;  // bytes; a parser keeps some ten times the longest text it has read
  thread_local simdjson::dom::parser ordinary(kOrdinary);
  simdjson::dom::parser longer;
  Builder builder = empty;
  std::string scratch;
  simdjson::dom::element document;
  const auto error = (text.size() > kOrdinary ? longer : ordinary).parse(text.data(), text.size()).get(document);
  if (error ? !Json::sax_parse(text.data(), text.data() + text.size(), &builder) : !walk(document, builder, scratch))
    throw Malformed{Malformed::Kind::syntax, "The body is not valid JSON"};
  return builder.take();
}

}  // namespace

Json parse_json(std::string_view text) { return parse(text, Builder(std::nullopt, Blobs::base64)); }

Json read_json(const ShapeView& shape, std::string_view text) { return parse(text, Builder(shape, Blobs::base64)); }

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
