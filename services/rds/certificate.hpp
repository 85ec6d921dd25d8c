#pragma once
#include <string_view>

#include "aws/clock.hpp"
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// A certificate authority of RDS. Times are ISO 8601.
struct Authority {
  std::string_view name;
  std::string_view valid_from, valid_till;
};

inline constexpr std::string_view kDefaultAuthority = "rds-ca-rsa2048-g1";

const Authority* find_authority(std::string_view name);
Json describe_certificates(RequestContext&, const Input&);
bool expired(const Authority& authority, aws::Millis now);

}  // namespace orrery::rds
