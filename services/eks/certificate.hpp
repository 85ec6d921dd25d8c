#pragma once
#include <cstdint>
#include <string>

namespace orrery::eks {

/// A self-signed X.509 certificate authority of one cluster, both parts in PEM.
struct CertificateAuthority {
  std::string certificate, private_key;
};

/// "CN=kubernetes", ten years, a P-256 key, as EKS's own authorities name themselves. `now` in milliseconds.
CertificateAuthority make_certificate_authority(std::int64_t now);

}  // namespace orrery::eks
