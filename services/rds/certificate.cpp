#include "services/rds/certificate.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "aws/ids.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"

namespace orrery::rds {

namespace {

// RDS user guide, "Using SSL/TLS to encrypt a connection to a DB instance", "Certificate authorities".
constexpr Authority kAuthorities[] = {{"rds-ca-2019", "2019-08-22T17:08:50Z", "2024-08-22T17:08:50Z"},
                                      {"rds-ca-ecc384-g1", "2021-05-25T22:01:59Z", "2121-05-25T23:01:59Z"},
                                      {"rds-ca-rsa2048-g1", "2021-05-25T22:34:57Z", "2061-05-25T23:34:57Z"},
                                      {"rds-ca-rsa4096-g1", "2021-05-25T22:38:35Z", "2121-05-25T23:38:35Z"}};

}  // namespace

const Authority* find_authority(std::string_view name) {
  const auto it = std::find_if(std::begin(kAuthorities), std::end(kAuthorities),
                               [&](const Authority& authority) { return authority.name == name; });
  return it == std::end(kAuthorities) ? nullptr : it;
}

Json describe_certificates(RequestContext& context, const Input& input) {
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  const std::string wanted = lower(input.str("CertificateIdentifier"));
  std::vector<Json> found;
  for (const Authority& authority : kAuthorities) {
    if (!wanted.empty() && wanted != authority.name) continue;
    aws::Millis from = 0, till = 0;
    aws::parse_timestamp(std::string(authority.valid_from), from);
    aws::parse_timestamp(std::string(authority.valid_till), till);
    found.push_back({{"CertificateIdentifier", authority.name},
                     {"CertificateType", "CA"},
                     {"CertificateArn", aws::arn("rds", context.region, "", "cert:" + std::string(authority.name))},
                     {"ValidFrom", aws::seconds(from)},
                     {"ValidTill", aws::seconds(till)},
                     {"CustomerOverride", false}});
  }
  if (found.empty()) throw certificate_not_found(wanted);
  Json answer = page(input, "Certificates", std::move(found), "CertificateIdentifier");
  answer["DefaultCertificateForNewLaunches"] = kDefaultAuthority;
  return answer;
}

bool expired(const Authority& authority, aws::Millis now) { return aws::iso8601(now) >= authority.valid_till; }

}  // namespace orrery::rds
