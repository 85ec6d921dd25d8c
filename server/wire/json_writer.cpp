#include <cmath>

#include "registry/written.hpp"
#include "wire/json_text.hpp"
#include "wire/scalars.hpp"

namespace orrery::wire {

using api::ReferenceView;
using api::ShapeView;
using api::TimeFormat;
using api::Type;

void append_json_members(std::string& out, const ShapeView& shape, const Json& value) {
  out += '{';
  bool first = true;
  each_member(shape, value, [&](const ReferenceView& member, const Json& one) {
    if (!in_body(member)) return;
    if (!first) out += ',';
    first = false;
    append_json_string(out, member.wire_name());
    out += ':';
    append_json(out, member, one);
  });
  out += '}';
}

namespace {

void append_list(std::string& out, const ReferenceView& reference, const Json& value) {
  if (!value.is_array()) wrong_type(reference, value);
  const auto element = reference.shape().element();
  out += '[';
  bool first = true;
  for (const auto& item : value) {
    if (!first) out += ',';
    first = false;
    append_json(out, element, item);
  }
  out += ']';
}

void append_object(std::string& out, const ReferenceView& reference, const Json& value) {
  if (!value.is_object()) wrong_type(reference, value);
  const auto content = reference.shape().value();
  out += '{';
  bool first = true;
  for (const auto& [name, item] : value.items()) {
    if (item.is_null()) continue;
    if (!first) out += ',';
    first = false;
    append_json_string(out, name);
    out += ':';
    append_json(out, content, item);
  }
  out += '}';
}

void append_timestamp_json(std::string& out, const ReferenceView& reference, const Json& value) {
  const auto format = reference.time_format();
  const bool number = format == TimeFormat::standard || format == TimeFormat::unix_seconds;
  if (!number) out += '"';
  append_scalar(out, reference, value, TimeFormat::unix_seconds);
  if (!number) out += '"';
}

}  // namespace

void append_json(std::string& out, const ReferenceView& reference, const Json& value) {
  if (value.is_null()) {
    out += "null";
    return;
  }
  if (value.is_binary()) {
    out += written_text(value);
    return;
  }
  if (reference.json_value()) {
    append_json_string(out, value.dump());
    return;
  }
  switch (reference.type()) {
    case Type::structure:
      if (!value.is_object()) wrong_type(reference, value);
      append_json_members(out, reference.shape(), value);
      return;
    case Type::list:
      append_list(out, reference, value);
      return;
    case Type::map:
      append_object(out, reference, value);
      return;
    case Type::string:
      if (!value.is_string()) wrong_type(reference, value);
      append_json_string(out, value.get_ref<const std::string&>());
      return;
    case Type::blob:
      out += '"';
      append_scalar(out, reference, value, TimeFormat::standard);
      out += '"';
      return;
    case Type::timestamp:
      append_timestamp_json(out, reference, value);
      return;
    case Type::floating:
      if (value.is_number() && !std::isfinite(value.get<double>())) {
        out += '"';
        append_scalar(out, reference, value, TimeFormat::standard);
        out += '"';
        return;
      }
      append_scalar(out, reference, value, TimeFormat::standard);
      return;
    case Type::document:
      out += value.dump();
      return;
    default:
      append_scalar(out, reference, value, TimeFormat::standard);
  }
}

}  // namespace orrery::wire
