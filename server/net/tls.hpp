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

/// Throws std::runtime_error with one clear line.
boost::asio::ssl::context tls_context(const Certificate& certificate);

void start_tls_session(const Shared& shared, Socket socket, boost::asio::ssl::context& context);

}  // namespace orrery::net
