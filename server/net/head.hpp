#pragma once
#include <string>

#include "http/message.hpp"

namespace orrery::net {

enum class KeepAlive { no, yes };

/// The status line and headers of `response` as they go on the wire. Content-Length is ours to say, except for an
/// answer to HEAD whose handler says it (HeadObject names a length without having a body).
std::string response_head(const http::Request& request, const http::Response& response, KeepAlive keep_alive);

/// True when a body may follow this head.
bool carries_body(const http::Request& request, const http::Response& response);

/// An answer to what is no HTTP request, before any service is known.
http::Response plain_error(int status, std::string_view message);

}  // namespace orrery::net
