#include "local_certificate.hpp"

#include <ctime>

#include "aws/certificate.hpp"
#include "engines/folders.hpp"

namespace orrery {

LocalCertificate local_certificate(engines::Authority& authority, const std::filesystem::path& directory,
                                   const std::string& name) {
  constexpr std::int64_t kMonth = 30 * 86'400;
  const auto chain = directory / "certificate.pem", key = directory / "key.pem";
  const std::string known = engines::read_file(chain);
  const bool stays = known.ends_with(authority.bundle()) && aws::good_until(known, std::time(nullptr) + kMonth) &&
                     (name.empty() || aws::is_for(known, name)) && std::filesystem::exists(key);
  if (!stays) {
    std::vector<std::string> hosts{
        "localhost", "*.localhost", "*.s3.localhost", "*.s3.us-east-1.localhost", "host.docker.internal",
        "127.0.0.1", "::1"};
    if (!name.empty()) hosts.push_back(name);
    authority.leaf(directory, hosts);
    std::filesystem::rename(directory / "server.key", key);
    engines::write_file(chain, engines::read_file(directory / "server.crt") + authority.bundle());
    std::filesystem::remove(directory / "server.crt");
  }
  return {chain.string(), key.string()};
}

}  // namespace orrery
