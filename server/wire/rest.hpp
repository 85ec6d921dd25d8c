#pragma once
#include <string>

#include "api/api.hpp"
#include "aws/json.hpp"
#include "http/message.hpp"

// What the REST protocols bind to places outside the body: path labels, query parameters, headers, prefixed headers,
// the status; and the payload member, which is the body. The body itself is `Body`'s: JSON or XML.
namespace orrery::wire {

enum class Body { json, xml };

/// Throws Malformed.
Json read_rest(const api::OperationView& operation, const http::Request& request, Body body);

http::Response write_rest(const api::OperationView& operation, const Json& output, Body body);

/// Sets the headers and the status of the members that are bound to them.
void write_bindings(http::Response& response, const api::ShapeView& shape, const Json& output);

}  // namespace orrery::wire
