#include "net/session_impl.hpp"

namespace orrery::net {

template class Session<Socket>;

namespace {

std::string remote_of(const Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? "" : endpoint.address().to_string();
}

}  // namespace

void start_session(const Shared& shared, Socket socket) {
  std::string remote = remote_of(socket);
  std::make_shared<Session<Socket>>(shared, std::move(socket), std::move(remote))->start();
}

}  // namespace orrery::net
