#include "services/rds/certificate.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace orrery::rds {

namespace {

// RDS user guide, "Using SSL/TLS to encrypt a connection to a DB instance", "Certificate authorities".
constexpr Authority kAuthorities[] = {{"rds-ca-2019", "2024-08-22T17:08:50Z"},
                                      {"rds-ca-ecc384-g1", "2121-05-25T23:01:59Z"},
                                      {"rds-ca-rsa2048-g1", "2061-05-25T23:34:57Z"},
                                      {"rds-ca-rsa4096-g1", "2121-05-25T23:38:35Z"}};

}  // namespace

const Authority* find_authority(std::string_view name) {
  const auto it = std::find_if(std::begin(kAuthorities), std::end(kAuthorities),
                               [&](const Authority& authority) { return authority.name == name; });
  return it == std::end(kAuthorities) ? nullptr : it;
}

bool expired(const Authority& authority, aws::Millis now) { return aws::iso8601(now) >= authority.valid_till; }

}  // namespace orrery::rds
