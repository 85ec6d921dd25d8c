#include "net/session_impl.hpp"
#include "net/tls.hpp"

namespace orrery::net {

template class Session<TlsStream>;

void start_tls_session(const Shared& shared, Socket socket, boost::asio::ssl::context& context) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  std::string remote = error ? "" : endpoint.address().to_string();
  std::make_shared<Session<TlsStream>>(shared, TlsStream(std::move(socket), context), std::move(remote))->start();
}

}  // namespace orrery::net
