#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace orrery::aws {

/// A certificate and its private key (P-256), both in PEM.
struct CertifiedKey {
  std::string certificate, private_key;
};

struct CertificateRequest {
  enum class Role { authority, server };
  Role role = Role::server;
  std::string organization;  ///< "": none
  std::string common_name;
  std::vector<std::string> alternative_names;  ///< "DNS:localhost", "IP:127.0.0.1"
  std::int64_t from = 0;                       ///< seconds since the epoch
  std::int64_t seconds = 0;                    ///< how long it is good
};

/// Both throw std::runtime_error.
CertifiedKey self_signed(const CertificateRequest& request);
CertifiedKey issue(const CertificateRequest& request, const CertifiedKey& issuer);

/// Whether a PEM certificate can be read and is still good at `time` (seconds since the epoch).
bool good_until(const std::string& certificate, std::int64_t time);

/// Whether a PEM certificate is for `host`, a DNS name or an IP address.
bool is_for(const std::string& certificate, const std::string& host);

}  // namespace orrery::aws
