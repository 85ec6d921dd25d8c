#include "services/eks/certificate.hpp"

#include "aws/certificate.hpp"

namespace orrery::eks {

CertificateAuthority make_certificate_authority(std::int64_t now) {
  constexpr std::int64_t ten_years = 10LL * 365 * 86'400;
  aws::CertifiedKey made = aws::self_signed({.role = aws::CertificateRequest::Role::authority,
                                             .organization = "",
                                             .common_name = "kubernetes",
                                             .alternative_names = {"DNS:kubernetes"},
                                             .from = now / 1000,
                                             .seconds = ten_years});
  return {std::move(made.certificate), std::move(made.private_key)};
}

}  // namespace orrery::eks
