#include <pugixml.hpp>

#include "wire/scalars.hpp"
#include "wire/xml.hpp"

namespace orrery::wire {

namespace {

using api::Location;
using api::ReferenceView;
using api::ShapeView;
using api::Type;

std::string_view local_name(const char* name) {
  const std::string_view whole = name;
  const auto colon = whole.find(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

std::string text_of(const pugi::xml_node& node) {
  std::string out;
  for (const auto& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += child.value();
  }
  return out;
}

/// Walks without recursion: the depth is what is being checked.
void check_depth(const pugi::xml_document& document) {
  int depth = 0;
  pugi::xml_node node = document.first_child();
  while (node) {
    if (node.type() == pugi::node_doctype) throw Malformed{Malformed::Kind::syntax, "A DTD is not allowed"};
    if (node.first_child()) {
      if (++depth > kMaxDepth) throw Malformed{Malformed::Kind::syntax, "The document is nested too deeply"};
      node = node.first_child();
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
    }
    if (node) node = node.next_sibling();
  }
}

Json read_structure(const ShapeView& shape, const pugi::xml_node& node);

void put_entry(const ReferenceView& reference, const pugi::xml_node& entry, Json& map);

Json read_value(const ReferenceView& reference, const pugi::xml_node& node) {
  switch (reference.type()) {
    case Type::structure:
      return read_structure(reference.shape(), node);
    case Type::list: {
      Json out = Json::array();
      const auto element = reference.shape().element();
      for (const auto& child : node.children()) {
        if (child.type() == pugi::node_element) out.push_back(read_value(element, child));
      }
      return out;
    }
    case Type::map: {
      Json out = Json::object();
      for (const auto& child : node.children()) {
        if (child.type() == pugi::node_element) put_entry(reference, child, out);
      }
      return out;
    }
    default:
      return scalar_from_text(reference, text_of(node));
  }
}

void put_entry(const ReferenceView& reference, const pugi::xml_node& entry, Json& map) {
  const auto key = reference.shape().key();
  const auto content = reference.shape().value();
  std::string name;
  Json value;
  for (const auto& child : entry.children()) {
    if (child.type() != pugi::node_element) continue;
    if (local_name(child.name()) == key.wire_name()) name = scalar_from_text(key, text_of(child)).get<std::string>();
    if (local_name(child.name()) == content.wire_name()) value = read_value(content, child);
  }
  map[name] = std::move(value);
}

void read_attributes(const ShapeView& shape, const pugi::xml_node& node, Json& out) {
  for (std::size_t n = 0; n < shape.members(); ++n) {
    const auto member = shape.member(n);
    if (!member.attribute()) continue;
    for (const auto& attribute : node.attributes()) {
      if (attribute.name() == member.wire_name() || local_name(attribute.name()) == member.wire_name()) {
        out[std::string(member.name())] = scalar_from_text(member, attribute.value());
      }
    }
  }
}

/// The member that an element of a structure belongs to. A flattened list's elements may have the list's own name or
/// the element's.
std::optional<ReferenceView> member_of(const ShapeView& shape, std::string_view name) {
  if (const auto found = shape.find_wire(name); found && found->location() == Location::body) return found;
  for (std::size_t n = 0; n < shape.members(); ++n) {
    const auto member = shape.member(n);
    if (member.type() == Type::list && member.flattened() && member.shape().element().wire_name() == name) {
      return member;
    }
  }
  return std::nullopt;
}

Json read_structure(const ShapeView& shape, const pugi::xml_node& node) {
  Json out = Json::object();
  if (shape.has_attributes()) read_attributes(shape, node, out);
  for (const auto& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    const auto member = member_of(shape, local_name(child.name()));
    if (!member || member->attribute()) continue;
    const std::string name(member->name());
    if (member->flattened() && member->type() == Type::list) {
      auto& list = out[name];
      if (!list.is_array()) list = Json::array();
      list.push_back(read_value(member->shape().element(), child));
    } else if (member->flattened() && member->type() == Type::map) {
      auto& map = out[name];
      if (!map.is_object()) map = Json::object();
      put_entry(*member, child, map);
    } else {
      out[name] = read_value(*member, child);
    }
  }
  return out;
}

}  // namespace

Json read_xml(const ShapeView& shape, std::string_view body, std::string_view root) {
  pugi::xml_document document;
  const unsigned options = pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single;
  const auto result = document.load_buffer(body.data(), body.size(), options, pugi::encoding_utf8);
  if (!result || !document.document_element()) {
    throw Malformed{Malformed::Kind::syntax, result ? "No element" : result.description()};
  }
  check_depth(document);
  const auto element = document.document_element();
  if (!root.empty() && local_name(element.name()) != root) {
    throw Malformed{Malformed::Kind::syntax, "The root is not " + std::string(root)};
  }
  return read_structure(shape, element);
}

}  // namespace orrery::wire
