#include "engines/authority.hpp"

#include <arpa/inet.h>

#include <ctime>
#include <mutex>
#include <optional>

#include "aws/certificate.hpp"
#include "engines/folders.hpp"

namespace orrery::engines {

namespace {

constexpr std::int64_t kDay = 86'400, kAuthorityDays = 3650, kLeafDays = 397, kDaysLeft = 30;

std::string alternative_name(const std::string& host) {
  unsigned char address[16];
  const bool number =
      ::inet_pton(AF_INET, host.c_str(), address) == 1 || ::inet_pton(AF_INET6, host.c_str(), address) == 1;
  return (number ? "IP:" : "DNS:") + host;
}

/// The authority in `directory`, made there when there is none or its end is near.
aws::CertifiedKey open_key(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  const auto certificate = directory / "ca.pem", private_key = directory / "ca.key";
  aws::CertifiedKey key{read_file(certificate), read_file(private_key)};
  if (key.private_key.empty() || !aws::good_until(key.certificate, std::time(nullptr) + kDaysLeft * kDay)) {
    key = aws::self_signed({.role = aws::CertificateRequest::Role::authority,
                            .organization = "Orrery",
                            .common_name = "Orrery local authority " + std::to_string(std::time(nullptr)),
                            .alternative_names = {},
                            .from = std::time(nullptr) - 3600,
                            .seconds = kAuthorityDays * kDay});
    write_file(private_key, key.private_key);
    write_file(certificate, key.certificate);
  }
  return key;
}

/// Opened by its first user: most starts need no certificate, and OpenSSL's part of it is a quarter of their memory.
class LocalAuthority final : public Authority {
 public:
  explicit LocalAuthority(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::string bundle() const override { return key().certificate; }

  void leaf(const std::filesystem::path& folder, const std::vector<std::string>& hosts) override {
    aws::CertificateRequest request{.organization = "Orrery",
                                    .common_name = hosts.empty() ? "engine" : hosts.front(),
                                    .alternative_names = {},
                                    .from = std::time(nullptr) - 3600,
                                    .seconds = kLeafDays * kDay};
    for (const auto& host : hosts) request.alternative_names.push_back(alternative_name(host));
    const aws::CertifiedKey leaf = aws::issue(request, key());
    std::filesystem::create_directories(folder);
    write_file(folder / "server.key", leaf.private_key);
    write_file(folder / "server.crt", leaf.certificate);
  }

 private:
  const aws::CertifiedKey& key() const {
    const std::lock_guard guard(mutex_);
    if (!key_) key_ = open_key(directory_);
    return *key_;
  }

  const std::filesystem::path directory_;
  mutable std::mutex mutex_;
  mutable std::optional<aws::CertifiedKey> key_;
};

}  // namespace

std::unique_ptr<Authority> open_authority(const std::filesystem::path& directory) {
  return std::make_unique<LocalAuthority>(directory);
}

}  // namespace orrery::engines
