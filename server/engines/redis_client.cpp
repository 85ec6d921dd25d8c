#include "engines/redis_client.hpp"

#include <hiredis/hiredis.h>

namespace orrery::engines::redis {

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

class Client::Transport {
 public:
  explicit Transport(const Target& target) : stream_({target.host, target.port, target.authority, target.limit}) {}

  void write(const std::string& bytes) { stream_.write(bytes); }

  Reply read() {
    for (;;) {
      void* parsed = nullptr;
      if (redisReaderGetReply(reader_.get(), &parsed) != REDIS_OK)
        throw ClientError(stream_.name() + ": " + redisReaderGetError(reader_.get()));
      const std::unique_ptr<void, ReplyDeleter> owned(parsed);
      if (owned) return converted(*static_cast<const redisReply*>(parsed));
      const std::string bytes = stream_.read_some();
      redisReaderFeed(reader_.get(), bytes.data(), bytes.size());
    }
  }

 private:
  ByteStream stream_;
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
