#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.hpp"
#include "aws/json.hpp"
#include "http/message.hpp"

// The query and EC2 protocols' requests: an HTML form in the body (or the query string) of names like
//   Name=value  Outer.Inner=value                                   structures
//   List.member.1=value  List.Item.1.Name=value  List.1=value        lists: plain, with an element name, flattened, EC2
//   Map.entry.1.key=k  Map.entry.1.value=v  Map.1.Name=k             maps: plain, flattened
namespace orrery::wire {

/// The value of the first parameter `name`, or "". Decodes nothing else.
std::string form_parameter(const http::Request& request, std::string_view name);

/// The input structure of `shape`. Throws Malformed.
Json read_form(const api::ShapeView& shape, const http::Request& request);

}  // namespace orrery::wire
