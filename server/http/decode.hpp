#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace orrery::http {

/// A body that does not have the form its headers announce.
class DecodeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Bytes = std::span<const char>;
using Consumer = std::function<void(Bytes)>;

/// aws-chunked (Amazon S3 API reference, "Signature calculations for the Authorization header: transferring payload
/// in multiple chunks"):
///
///   body    = *chunk last trailers
///   chunk   = hex-size [";chunk-signature=" 64HEX] CRLF data CRLF
///   last    = "0" [";chunk-signature=" 64HEX] CRLF
///   trailer = name ":" value (CRLF or LF); the last ones are x-amz-trailer-signature and an empty line
class AwsChunkedDecoder {
 public:
  explicit AwsChunkedDecoder(Consumer consumer) : consumer_(std::move(consumer)) {}

  /// Called at the end of each chunk (also the last, of size 0) with its signature ("" when unsigned). Its data went to
  /// the consumer before.
  void on_chunk(std::function<void(std::string_view signature)> hook) { hook_ = std::move(hook); }

  void write(Bytes bytes);
  /// Throws DecodeError when the body ended early. Returns the trailers.
  Headers finish();
  std::uint64_t decoded() const { return decoded_; }

 private:
  enum class State { size, data, data_end, trailer, done };
  bool take_line(Bytes& bytes, std::string& line);
  void begin_chunk(const std::string& line);
  void end_chunk();
  void add_trailer(const std::string& line);

  Consumer consumer_;
  std::function<void(std::string_view)> hook_;
  State state_ = State::size;
  std::string line_, signature_;
  std::uint64_t left_ = 0, decoded_ = 0;
  Headers trailers_;
};

/// gzip, streaming. Throws DecodeError on corrupt data; the consumer bounds what it takes.
class GzipDecoder {
 public:
  explicit GzipDecoder(Consumer consumer);
  ~GzipDecoder();
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  void write(Bytes bytes);
  void finish();

 private:
  struct Stream;
  Consumer consumer_;
  std::unique_ptr<Stream> stream_;
  bool ended_ = false;
};

/// Zstandard (RFC 8878), streaming, of one frame or several. Throws as GzipDecoder does, and for a frame whose window
/// is larger than 128 MiB: a decoder holds a whole window. That is what the zstd program takes if it is not told more,
/// and what its highest levels make.
class ZstdDecoder {
 public:
  explicit ZstdDecoder(Consumer consumer);
  ~ZstdDecoder();
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;

  void write(Bytes bytes);
  void finish();

 private:
  struct Stream;
  Consumer consumer_;
  std::unique_ptr<Stream> stream_;
  bool ended_ = false;
};

}  // namespace orrery::http
