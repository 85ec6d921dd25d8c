#pragma once
#include <filesystem>
#include <string>

#include "engines/driver.hpp"

namespace orrery {

/// PEM files.
struct LocalCertificate {
  std::string chain, key;
};

/// The certificate of the HTTPS port in `directory`, kept over restarts while it is good and issued anew after that:
/// for localhost, *.localhost, *.s3.localhost, the loopback addresses, and `name` unless it is "". The chain ends with
/// the authority, so the file also serves as AWS_CA_BUNDLE.
LocalCertificate local_certificate(engines::Authority& authority, const std::filesystem::path& directory,
                                   const std::string& name);

}  // namespace orrery
