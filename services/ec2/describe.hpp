#pragma once
#include <span>
#include <string_view>

#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// A filter's name and the member it looks at: a path of member names through structures and lists ("A.B").
struct FilterRow {
  std::string_view name, path;
};

/// How one kind's Describe reads its input and writes its output. Every kind has the filters tag:…, tag-key and
/// tag-value besides its own.
struct Listing {
  const Kind& kind;
  std::string_view ids;     ///< the input member with ids
  std::string_view output;  ///< the output member
  std::span<const FilterRow> filters;
  /// Completes a document before it is matched: members that are computed, not stored. May drop it (false).
  bool (*complete)(RequestContext&, Resource&) = nullptr;
  std::string_view filters_member = "Filters";
  std::string_view vpc_id{};  ///< only what lies in this VPC
};

Json describe(RequestContext& context, const Input& input, const Listing& listing);

/// The values at a path of `document`, as filters compare them.
std::vector<std::string> values_at(const Json& document, std::string_view path);

/// Cuts documents, each identified by `key`, down to the page that the input asks for.
Json page(const Input& input, std::vector<Json> documents, std::string_view key, std::string_view output);

}  // namespace orrery::ec2
