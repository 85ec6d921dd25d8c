#pragma once
#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <string>

#include "net/session.hpp"

namespace orrery::net {

/// PEM files of a certificate (chain) and its key.
struct Certificate {
  std::filesystem::path chain, key;
};

/// The certificate in `directory`; makes a self-signed one there first if there is none or it is about to expire. It
/// names localhost, *.localhost, *.s3.localhost and the loopback addresses. Clients trust it through AWS_CA_BUNDLE.
Certificate local_certificate(const std::filesystem::path& directory);

/// Throws std::runtime_error with one clear line.
boost::asio::ssl::context tls_context(const Certificate& certificate);

void start_tls_session(const Shared& shared, Socket socket, boost::asio::ssl::context& context);

}  // namespace orrery::net
