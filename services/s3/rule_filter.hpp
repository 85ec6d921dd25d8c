#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// What a lifecycle or replication rule is about: its `Prefix`, or its `Filter` in any form.
struct RuleFilter {
  std::string prefix;
  Json tags = Json::array();
  std::optional<std::uint64_t> greater, less;

  explicit RuleFilter(const Json& rule);
  bool fits(const Version& version) const;
};

}  // namespace orrery::s3
