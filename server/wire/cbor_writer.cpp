#include <bit>

#include "registry/written.hpp"
#include "wire/cbor.hpp"
#include "wire/json_text.hpp"
#include "wire/scalars.hpp"

namespace orrery::wire {

namespace {

using api::Location;
using api::ReferenceView;
using api::ShapeView;
using api::Type;

void append_bytes(std::string& out, std::uint64_t value, int bytes) {
  for (int n = bytes - 1; n >= 0; --n) out += static_cast<char>(value >> (8 * n));
}

void append_head(std::string& out, unsigned major, std::uint64_t value) {
  const auto head = [&](unsigned info) { out += static_cast<char>(major << 5 | info); };
  if (value < 24) {
    head(static_cast<unsigned>(value));
  } else if (value <= 0xFF) {
    head(24);
    append_bytes(out, value, 1);
  } else if (value <= 0xFFFF) {
    head(25);
    append_bytes(out, value, 2);
  } else if (value <= 0xFFFFFFFF) {
    head(26);
    append_bytes(out, value, 4);
  } else {
    head(27);
    append_bytes(out, value, 8);
  }
}

void append_integer(std::string& out, std::int64_t value) {
  if (value < 0) {
    append_head(out, 1, static_cast<std::uint64_t>(-1 - value));
  } else {
    append_head(out, 0, static_cast<std::uint64_t>(value));
  }
}

void append_double_cbor(std::string& out, double value) {
  out += '\xFB';
  append_bytes(out, std::bit_cast<std::uint64_t>(value), 8);
}

std::size_t present(const Json& object) {
  return static_cast<std::size_t>(std::ranges::count_if(object, [](const Json& one) { return !one.is_null(); }));
}

void append_number(std::string& out, const ReferenceView& reference, const Json& value) {
  if (!value.is_number()) wrong_type(reference, value);
  if (reference.type() == Type::floating || value.is_number_float()) {
    append_double_cbor(out, value.get<double>());
  } else {
    append_integer(out, value.get<std::int64_t>());
  }
}

void append_cbor_map(std::string& out, const ReferenceView& reference, const Json& value) {
  if (!value.is_object()) wrong_type(reference, value);
  append_cbor_map_head(out, present(value));
  const auto content = reference.shape().value();
  for (const auto& [name, one] : value.items()) {
    if (one.is_null()) continue;
    append_cbor_text(out, name);
    append_cbor(out, content, one);
  }
}

}  // namespace

void append_cbor_text(std::string& out, std::string_view text) {
  append_head(out, 3, text.size());
  out += text;
}

void append_cbor_map_head(std::string& out, std::size_t entries) { append_head(out, 5, entries); }

void append_cbor_members(std::string& out, const ShapeView& shape, const Json& value) {
  append_cbor_map_head(out, present(value));
  each_member(shape, value, [&](const ReferenceView& member, const Json& one) {
    append_cbor_text(out, member.name());
    append_cbor(out, member, one);
  });
}

void append_cbor(std::string& out, const ReferenceView& reference, const Json& value) {
  if (value.is_null()) {
    out += '\xF6';
    return;
  }
  if (value.is_binary()) {
    append_cbor(out, reference, from_document(reference, parse_json(written_text(value)), Blobs::base64));
    return;
  }
  switch (reference.type()) {
    case Type::structure:
      if (!value.is_object()) wrong_type(reference, value);
      append_cbor_members(out, reference.shape(), value);
      return;
    case Type::list:
      if (!value.is_array()) wrong_type(reference, value);
      append_head(out, 4, value.size());
      for (const auto& one : value) append_cbor(out, reference.shape().element(), one);
      return;
    case Type::map:
      append_cbor_map(out, reference, value);
      return;
    case Type::boolean:
      if (!value.is_boolean()) wrong_type(reference, value);
      out += value.get<bool>() ? '\xF5' : '\xF4';
      return;
    case Type::timestamp:
      append_head(out, 6, 1);
      append_number(out, reference, value);
      return;
    case Type::blob:
      if (!value.is_string()) wrong_type(reference, value);
      append_head(out, 2, value.get_ref<const std::string&>().size());
      out += value.get_ref<const std::string&>();
      return;
    case Type::string:
      if (!value.is_string()) wrong_type(reference, value);
      append_cbor_text(out, value.get_ref<const std::string&>());
      return;
    default:
      append_number(out, reference, value);
  }
}

}  // namespace orrery::wire
