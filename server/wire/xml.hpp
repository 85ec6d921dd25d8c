#pragma once
#include <string>
#include <string_view>

#include "api/api.hpp"
#include "aws/json.hpp"

// XML bodies: the answers of the query and EC2 protocols, both directions of rest-xml.
//   structure  <Member>…</Member> in any order; some members are attributes of the structure's own element
//   list       <List><member>…</member></List>, flattened: <List>…</List><List>…</List>
//   map        <Map><entry><key>k</key><value>v</value></entry></Map>, flattened: <Map><key/><value/></Map>
namespace orrery::wire {

/// The structure in `body`. Refuses a root that is not called `root` (whatever its namespace; "" takes any), a DTD and
/// what is nested too deeply. Throws Malformed.
Json read_xml(const api::ShapeView& shape, std::string_view body, std::string_view root = "");

/// Appends `<name …>value</name>`; for a flattened list or map one for each item, the items' name taken from the list.
void append_xml(std::string& out, const api::ReferenceView& reference, std::string_view name, const Json& value);
/// The members of a structure without its element; those bound to other places than the body are left out.
void append_xml_members(std::string& out, const api::ShapeView& shape, const Json& value);
/// ` name="value"` for each member that is an attribute of the structure's element.
void append_attributes(std::string& out, const api::ShapeView& shape, const Json& value);
void append_escaped(std::string& out, std::string_view text);
/// `<name>text</name>`, escaped.
void append_element(std::string& out, std::string_view name, std::string_view text);
/// `<name xmlns="…">`; without the attribute when `xmlns` is empty.
void append_root(std::string& out, std::string_view name, std::string_view xmlns);

}  // namespace orrery::wire
