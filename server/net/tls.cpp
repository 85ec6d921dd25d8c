#include "net/tls.hpp"

#include <stdexcept>

namespace orrery::net {

boost::asio::ssl::context tls_context(const Certificate& certificate) {
  namespace ssl = boost::asio::ssl;
  ssl::context context(ssl::context::tls_server);
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                      ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1);
  boost::system::error_code failed;
  context.use_certificate_chain_file(certificate.chain.string(), failed);
  if (failed)
    throw std::runtime_error("cannot use the certificate " + certificate.chain.string() + ": " + failed.message());
  context.use_private_key_file(certificate.key.string(), ssl::context::pem, failed);
  if (failed) throw std::runtime_error("cannot use the key " + certificate.key.string() + ": " + failed.message());
  return context;
}

}  // namespace orrery::net
