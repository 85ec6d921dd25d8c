#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/decode.hpp"
#include "http/message.hpp"
#include "identity/sigv4.hpp"

namespace orrery::pipeline {

/// Takes a body as it came off the wire (transfer coding removed) and gives what the client meant: aws-chunked and
/// gzip are undone, what goes to a sink never gathers in memory, what is gathered is bounded.
class Body {
 public:
  /// `sink` may be null: then the body is gathered, at most `limit` bytes of it.
  Body(const http::Request& head, http::BodySink* sink, std::size_t limit);

  void write(http::Bytes bytes);  ///< throws AwsError, DecodeError
  /// Gives the gathered bytes ("" when they went to a sink).
  std::string finish(const http::Headers& trailers);

  /// Holds each chunk of a signed aws-chunked body against its signature.
  void verify_chunks(std::unique_ptr<identity::ChunkVerifier> verifier);

  /// True when the body is not what the client meant as it stands.
  static bool is_encoded(const http::Request& head);
  /// The length that the head declares; 0 for a chunked body.
  static std::uint64_t declared(const http::Request& head);

 private:
  void take(http::Bytes bytes);
  void check_digest();

  http::BodySink* sink_;
  const std::size_t limit_;
  std::string gathered_;
  std::unique_ptr<http::GzipDecoder> gzip_;
  std::unique_ptr<http::AwsChunkedDecoder> chunks_;
  std::unique_ptr<identity::ChunkVerifier> verifier_;
  std::string declared_digest_;  ///< x-amz-content-sha256 of a body that goes to a sink, where it is a digest
  std::unique_ptr<identity::Sha256> digest_;
};

}  // namespace orrery::pipeline
