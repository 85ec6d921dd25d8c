#include "engines/redis_client.hpp"

#include <hiredis/hiredis.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace orrery::engines::redis {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

struct ReaderDeleter {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

struct ReplyDeleter {
  void operator()(void* reply) const { freeReplyObject(reply); }
};

Reply converted(const redisReply& from) {
  Reply reply;
  switch (from.type) {
    case REDIS_REPLY_STRING:
      reply.kind = Reply::Kind::text;
      break;
    case REDIS_REPLY_STATUS:
      reply.kind = Reply::Kind::status;
      break;
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::error;
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::integer;
      reply.integer = from.integer;
      return reply;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::array;
      for (std::size_t i = 0; i < from.elements; ++i) reply.items.push_back(converted(*from.element[i]));
      return reply;
    default:
      return reply;
  }
  reply.text.assign(from.str, static_cast<std::size_t>(from.len));
  return reply;
}

std::string formatted(const Arguments& arguments) {
  std::vector<const char*> values;
  std::vector<std::size_t> sizes;
  for (const std::string& argument : arguments) {
    values.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  char* text = nullptr;
  const int size = redisFormatCommandArgv(&text, static_cast<int>(values.size()), values.data(), sizes.data());
  if (size < 0) throw std::bad_alloc();
  std::string out(text, static_cast<std::size_t>(size));
  redisFreeCommand(text);
  return out;
}

}  // namespace

/// The socket, with each step bounded by the target's limit.
class Client::Transport {
 public:
  explicit Transport(const Target& target)
      : name_(target.host + ":" + std::to_string(target.port)), limit_(target.limit), socket_(io_) {
    asio::ip::tcp::resolver resolver(io_);
    error_code error;
    const auto places = resolver.resolve(target.host, std::to_string(target.port), error);
    if (error) throw ClientError(name_ + ": " + error.message());
    await([&](auto done) { asio::async_connect(socket_, places, std::move(done)); });
    socket_.set_option(asio::ip::tcp::no_delay(true), error);
    if (!target.authority.empty()) secure(target);
  }

  void write(const std::string& bytes) {
    await([&](auto done) {
      tls_ ? asio::async_write(*tls_, asio::buffer(bytes), std::move(done))
           : asio::async_write(socket_, asio::buffer(bytes), std::move(done));
    });
  }

  Reply read() {
    for (;;) {
      void* parsed = nullptr;
      if (redisReaderGetReply(reader_.get(), &parsed) != REDIS_OK)
        throw ClientError(name_ + ": " + redisReaderGetError(reader_.get()));
      const std::unique_ptr<void, ReplyDeleter> owned(parsed);
      if (owned) return converted(*static_cast<const redisReply*>(parsed));
      fill();
    }
  }

 private:
  void secure(const Target& target) {
    context_.emplace(asio::ssl::context::tls_client);
    context_->add_certificate_authority(asio::buffer(target.authority));
    tls_.emplace(socket_, *context_);
    tls_->set_verify_mode(asio::ssl::verify_peer);
    tls_->set_verify_callback(asio::ssl::host_name_verification(target.host));
    await([&](auto done) { tls_->async_handshake(asio::ssl::stream_base::client, std::move(done)); });
  }

  void fill() {
    char buffer[16 * 1024];
    std::size_t size = 0;
    await([&](auto done) {
      auto noted = [&size, done = std::move(done)](error_code error, std::size_t read) mutable {
        size = read;
        done(error);
      };
      tls_ ? tls_->async_read_some(asio::buffer(buffer), noted) : socket_.async_read_some(asio::buffer(buffer), noted);
    });
    redisReaderFeed(reader_.get(), buffer, size);
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
  std::unique_ptr<redisReader, ReaderDeleter> reader_{redisReaderCreate()};
};

Client::Client(const Target& target) : transport_(std::make_unique<Transport>(target)) {
  if (target.password.empty()) return;
  demand(target.user.empty() ? Arguments{"AUTH", target.password} : Arguments{"AUTH", target.user, target.password});
}

Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Reply Client::call(const Arguments& arguments) { return call_all({arguments}).front(); }

std::vector<Reply> Client::call_all(const std::vector<Arguments>& commands) {
  std::string bytes;
  for (const Arguments& command : commands) bytes += formatted(command);
  transport_->write(bytes);
  std::vector<Reply> replies;
  while (replies.size() < commands.size()) replies.push_back(transport_->read());
  return replies;
}

Reply Client::demand(const Arguments& arguments) {
  Reply reply = call(arguments);
  if (reply.failed()) throw ClientError(arguments.front() + ": " + reply.text);
  return reply;
}

}  // namespace orrery::engines::redis
