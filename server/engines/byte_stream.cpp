#include "engines/byte_stream.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace orrery::engines {

namespace asio = boost::asio;
using boost::system::error_code;

class ByteStream::Connection {
 public:
  explicit Connection(const Peer& peer)
      : name_(peer.host + ":" + std::to_string(peer.port)), limit_(peer.limit), socket_(io_) {
    asio::ip::tcp::resolver resolver(io_);
    error_code error;
    const auto places = resolver.resolve(peer.host, std::to_string(peer.port), error);
    if (error) throw ClientError(name_ + ": " + error.message());
    await([&](auto done) { asio::async_connect(socket_, places, std::move(done)); });
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
    if (!peer.authority.empty()) secure(peer);
  }

  const std::string& name() const { return name_; }

  void write(const std::string& bytes) {
    await([&](auto done) {
      tls_ ? asio::async_write(*tls_, asio::buffer(bytes), std::move(done))
           : asio::async_write(socket_, asio::buffer(bytes), std::move(done));
    });
  }

  std::string read_some() {
    char buffer[16 * 1024];
    std::size_t size = 0;
    await([&](auto done) {
      auto noted = [&size, done = std::move(done)](error_code error, std::size_t read) mutable {
        size = read;
        done(error);
      };
      tls_ ? tls_->async_read_some(asio::buffer(buffer), noted) : socket_.async_read_some(asio::buffer(buffer), noted);
    });
    return {buffer, size};
  }

 private:
  void secure(const Peer& peer) {
    context_.emplace(asio::ssl::context::tls_client);
    context_->add_certificate_authority(asio::buffer(peer.authority));
    tls_.emplace(socket_, *context_);
    tls_->set_verify_mode(asio::ssl::verify_peer);
    tls_->set_verify_callback(asio::ssl::host_name_verification(peer.host));
    await([&](auto done) { tls_->async_handshake(asio::ssl::stream_base::client, std::move(done)); });
  }

  /// Starts an operation and runs it to its end, or to the limit.
  template <typename Start>
  void await(Start start) {
    std::optional<error_code> result;
    start([&result](error_code error, auto&&...) { result = error; });
    io_.restart();
    io_.run_for(limit_);
    const bool late = !result;
    if (late) {
      error_code ignored;
      socket_.close(ignored);
      io_.restart();
      io_.run();  // the operation ends as aborted; it must not outlive `result`
    }
    if (late) throw ClientError(name_ + ": no answer within " + std::to_string(limit_.count()) + " ms");
    if (*result) throw ClientError(name_ + ": " + result->message());
  }

  std::string name_;
  std::chrono::milliseconds limit_;
  asio::io_context io_{1};
  asio::ip::tcp::socket socket_;
  std::optional<asio::ssl::context> context_;  ///< takes milliseconds to make, and most attempts find nobody yet
  std::optional<asio::ssl::stream<asio::ip::tcp::socket&>> tls_;
};

ByteStream::ByteStream(const Peer& peer) : connection_(std::make_unique<Connection>(peer)) {}
ByteStream::~ByteStream() = default;

const std::string& ByteStream::name() const { return connection_->name(); }
void ByteStream::write(const std::string& bytes) { connection_->write(bytes); }
std::string ByteStream::read_some() { return connection_->read_some(); }

}  // namespace orrery::engines
