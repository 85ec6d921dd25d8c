#include "registry/written.hpp"
#include "wire/scalars.hpp"
#include "wire/xml.hpp"

namespace orrery::wire {

namespace {

using api::ReferenceView;
using api::ShapeView;
using api::TimeFormat;
using api::Type;

void append_close(std::string& out, std::string_view name) {
  out += "</";
  out += name;
  out += '>';
}

void append_namespace(std::string& out, const ReferenceView& reference) {
  if (reference.xmlns().empty()) return;
  out += " xmlns";
  if (!reference.xmlns_prefix().empty()) {
    out += ':';
    out += reference.xmlns_prefix();
  }
  out += "=\"";
  append_escaped(out, reference.xmlns());
  out += '"';
}

}  // namespace

void append_attributes(std::string& out, const ShapeView& shape, const Json& value) {
  each_member(shape, value, [&](const ReferenceView& member, const Json& one) {
    if (!member.attribute()) return;
    std::string text;
    append_scalar(text, member, one, TimeFormat::iso8601);
    out += ' ';
    out += member.wire_name();
    out += "=\"";
    append_escaped(out, text);
    out += '"';
  });
}

namespace {

void append_map(std::string& out, const ReferenceView& reference, std::string_view name, const Json& value) {
  if (!value.is_object()) wrong_type(reference, value);
  const bool flat = reference.flattened();
  const auto key = reference.shape().key();
  const auto content = reference.shape().value();
  if (!flat) append_root(out, name, "");
  const std::string_view entry = flat ? name : "entry";
  for (const auto& [item, one] : value.items()) {
    if (one.is_null()) continue;
    append_root(out, entry, "");
    append_element(out, key.wire_name(), item);
    append_xml(out, content, content.wire_name(), one);
    append_close(out, entry);
  }
  if (!flat) append_close(out, name);
}

void append_list(std::string& out, const ReferenceView& reference, std::string_view name, const Json& value) {
  if (!value.is_array()) wrong_type(reference, value);
  const auto element = reference.shape().element();
  if (reference.flattened()) {
    for (const auto& one : value) append_xml(out, element, element.renamed() ? element.wire_name() : name, one);
    return;
  }
  out += '<';
  out += name;
  append_namespace(out, reference);
  out += '>';
  for (const auto& one : value) append_xml(out, element, element.wire_name(), one);
  append_close(out, name);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t n = 0; n < text.size(); ++n) {
    const auto c = static_cast<unsigned char>(text[n]);
    if (c >= 32 && c != '&' && c != '<' && c != '>' && c != '"') continue;
    if (c == '\n' || c == '\t') continue;
    out.append(text, from, n - from);
    from = n + 1;
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += "&#";
        out += std::to_string(c);
        out += ';';
    }
  }
  out.append(text, from);
}

void append_root(std::string& out, std::string_view name, std::string_view xmlns) {
  out += '<';
  out += name;
  if (!xmlns.empty()) {
    out += " xmlns=\"";
    out += xmlns;
    out += '"';
  }
  out += '>';
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  append_root(out, name, "");
  append_escaped(out, text);
  append_close(out, name);
}

void append_xml_members(std::string& out, const ShapeView& shape, const Json& value) {
  each_member(shape, value, [&](const ReferenceView& member, const Json& one) {
    if (member.attribute() || !in_body(member)) return;
    append_xml(out, member, member.wire_name(), one);
  });
}

void append_xml(std::string& out, const ReferenceView& reference, std::string_view name, const Json& value) {
  if (value.is_binary()) {
    out += written_text(value);
    return;
  }
  switch (reference.type()) {
    case Type::list:
      append_list(out, reference, name, value);
      return;
    case Type::map:
      append_map(out, reference, name, value);
      return;
    case Type::structure: {
      if (!value.is_object()) wrong_type(reference, value);
      const auto shape = reference.shape();
      out += '<';
      out += name;
      append_namespace(out, reference);
      if (shape.has_attributes()) append_attributes(out, shape, value);
      out += '>';
      append_xml_members(out, shape, value);
      append_close(out, name);
      return;
    }
    case Type::string:
      if (!value.is_string()) wrong_type(reference, value);
      out += '<';
      out += name;
      append_namespace(out, reference);
      out += '>';
      append_escaped(out, value.get_ref<const std::string&>());
      append_close(out, name);
      return;
    default:
      out += '<';
      out += name;
      out += '>';
      append_scalar(out, reference, value, TimeFormat::iso8601);
      append_close(out, name);
  }
}

}  // namespace orrery::wire
