#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

Json list_objects(RequestContext& context, const Input& input);
Json list_objects_v2(RequestContext& context, const Input& input);
Json list_object_versions(RequestContext& context, const Input& input);

/// Prefix, delimiter and encoding of a listing, and the rule that folds keys into common prefixes.
struct ListScope {
  std::string prefix, delimiter;
  bool url = false;  ///< encoding-type=url
  explicit ListScope(const Input& input);
  /// The common prefix that `key` folds into, or "".
  std::string common_prefix(std::string_view key) const;
  std::string encode(std::string_view text) const;
};

/// The first text after every one that begins with `prefix`; "" where there is none.
std::string after_prefix(std::string prefix);

}  // namespace orrery::s3
