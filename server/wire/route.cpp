#include "wire/route.hpp"

#include <tuple>

namespace orrery::wire {

namespace {

using api::Location;
using api::OperationView;
using Parameters = std::vector<std::pair<std::string, std::string>>;

const std::string* find(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return &value;
  }
  return nullptr;
}

/// How many literals of the query string are there, or nullopt when one is missing. SDKs name the operation in x-id,
/// but not all of them do: it decides only when it is there.
std::optional<int> literals(const OperationView& operation, const Parameters& parameters) {
  int count = 0;
  for (const auto& row : operation.query_literals()) {
    const auto name = operation.text(row.name);
    const auto value = operation.text(row.value);
    const auto* sent = find(parameters, name);
    if (!sent && name == "x-id") {
      --count;
      continue;
    }
    if (!sent || (!value.empty() && *sent != value)) return std::nullopt;
    ++count;
  }
  return count;
}

/// The required members of the head: {how many are there, how many are missing}.
std::pair<int, int> required(const OperationView& operation, const http::Request& request,
                             const Parameters& parameters) {
  std::pair<int, int> out{0, 0};
  const auto input = operation.input();
  if (!input) return out;
  for (std::size_t n = 0; n < input->members(); ++n) {
    const auto member = input->member(n);
    if (!member.required()) continue;
    const bool parameter = member.location() == Location::querystring;
    if (!parameter && member.location() != Location::header) continue;
    const bool there =
        parameter ? find(parameters, member.wire_name()) != nullptr : request.headers.has(member.wire_name());
    ++(there ? out.first : out.second);
  }
  return out;
}

}  // namespace

std::optional<Labels> match_path(const OperationView& operation, std::string_view path) {
  Labels labels;
  const auto segments = operation.segments();
  for (std::size_t n = 0; n < segments.size(); ++n) {
    if (path.empty() || path.front() != '/') return std::nullopt;
    path.remove_prefix(1);
    const auto text = operation.text(segments[n].text);
    if (segments[n].kind == 2) {
      // What follows a greedy label takes as many segments from the end.
      std::size_t end = path.size();
      for (std::size_t left = segments.size() - n - 1; left > 0; --left) {
        end = path.rfind('/', end == 0 ? 0 : end - 1);
        if (end == std::string_view::npos || end == 0) return std::nullopt;
      }
      if (end == 0) return std::nullopt;
      labels.emplace_back(text, path.substr(0, end));
      path.remove_prefix(end);
      continue;
    }
    const auto part = path.substr(0, path.find('/'));
    if (part.empty()) return std::nullopt;
    if (segments[n].kind == 1) {
      labels.emplace_back(text, part);
    } else if (part != text && http::percent_decode(part) != text) {
      return std::nullopt;
    }
    path.remove_prefix(part.size());
  }
  if (!path.empty() && path != "/") return std::nullopt;
  return labels;
}

std::optional<OperationView> match_route(const api::ServiceView& service, const http::Request& request) {
  const Parameters parameters = http::parse_query(request.query);
  std::optional<OperationView> best;
  std::tuple<int, int, int, int, int> best_score;
  for (std::size_t n = 0; n < service.operations(); ++n) {
    const auto operation = service.operation_at(n);
    if (operation.method() != request.method) continue;
    const auto labels = match_path(operation, request.path);
    if (!labels) continue;
    const auto literal = literals(operation, parameters);
    if (!literal) continue;
    const auto [there, missing] = required(operation, request, parameters);
    const std::tuple score{static_cast<int>(operation.segments().size() - labels->size()), *literal,
                           missing == 0 ? 1 : 0, there, -static_cast<int>(labels->size())};
    if (best && score <= best_score) continue;
    best = operation;
    best_score = score;
  }
  return best;
}

}  // namespace orrery::wire
