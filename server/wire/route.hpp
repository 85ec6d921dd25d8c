#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.hpp"
#include "http/message.hpp"

// The REST protocols' way from a method, a path and a query string to an operation.
namespace orrery::wire {

/// The labels of an operation's path and their raw, still encoded values.
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

/// Matches a raw path; nullopt when it is another operation's.
std::optional<Labels> match_path(const api::OperationView& operation, std::string_view path);

/// The most specific of the operations that fit: more literal path segments, then more literals of the query string,
/// then one whose required headers and parameters are all there (CopyObject before PutObject), then fewer labels.
std::optional<api::OperationView> match_route(const api::ServiceView& service, const http::Request& request);

}  // namespace orrery::wire
