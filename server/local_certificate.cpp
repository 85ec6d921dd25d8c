#include "local_certificate.hpp"

#include "engines/folders.hpp"

namespace orrery {

LocalCertificate local_certificate(engines::Authority& authority, const std::filesystem::path& directory, const std::string& name) {
  std::vector<std::string> hosts{"localhost", "*.localhost", "*.s3.localhost", "*.s3.us-east-1.localhost",
                                 "host.docker.internal", "127.0.0.1", "::1"};
  if (!name.empty()) hosts.push_back(name);
  authority.leaf(directory, hosts);
  const auto chain = directory / "certificate.pem";
  engines::write_file(chain, engines::read_file(directory / "server.crt") + authority.bundle());
  return {chain.string(), (directory / "server.key").string()};
}

}  // namespace orrery
