#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace orrery::iam {

/// A policy that AWS manages, in its default version; of others nothing is known here.
struct ManagedPolicy {
  char name[80];
  std::uint8_t path_index;
  std::uint16_t version;           ///< of the default version: 3 is "v3"
  std::uint32_t created, updated;  ///< epoch seconds

  std::string_view path() const;
  std::string arn() const;
  std::string version_id() const { return "v" + std::to_string(version); }
  /// JSON. Unpacks up to 3 MB to find it.
  std::string document() const;
  std::string id() const;  ///< made from the name, so it is the same in every account
};

/// Sorted by name.
std::span<const ManagedPolicy> managed_policies();
/// By "arn:aws:iam::aws:policy/…"; nullptr when AWS has none of that ARN.
const ManagedPolicy* find_managed_policy(std::string_view arn);

}  // namespace orrery::iam
