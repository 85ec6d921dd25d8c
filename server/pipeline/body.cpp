#include "pipeline/body.hpp"

#include <charconv>

#include "identity/errors.hpp"
#include "pipeline/errors.hpp"

namespace orrery::pipeline {

namespace {

/// True when the comma-separated list `value` has `token`.
bool has_token(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    std::string_view part = value.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (http::iequals(part, token)) return true;
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
  }
  return false;
}

/// The token aws-chunked alone says nothing of the body: S3 takes it from Content-Encoding and stores the rest.
bool is_aws_chunked(const http::Request& head) {
  return head.headers.get("x-amz-content-sha256").starts_with("STREAMING-") ||
         (has_token(head.headers.get("Content-Encoding"), "aws-chunked") &&
          head.headers.has("x-amz-decoded-content-length"));
}

bool is_gzip(const http::Request& head) { return has_token(head.headers.get("Content-Encoding"), "gzip"); }

}  // namespace

bool Body::is_encoded(const http::Request& head) { return is_aws_chunked(head) || is_gzip(head); }

std::uint64_t Body::declared(const http::Request& head) {
  std::uint64_t length = 0;
  const std::string_view text = head.headers.get("Content-Length");
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

Body::Body(const http::Request& head, http::BodySink* sink, std::size_t limit) : sink_(sink), limit_(limit) {
  const std::string_view digest = head.headers.get("x-amz-content-sha256");
  if (sink != nullptr && digest.size() == 64) {
    declared_digest_ = digest;
    digest_ = std::make_unique<identity::Sha256>();
  }
  // S3 stores a gzip object as it comes; only control-plane requests are compressed for the transport.
  if (sink == nullptr && is_gzip(head)) {
    gzip_ = std::make_unique<http::GzipDecoder>([this](http::Bytes bytes) { take(bytes); });
  }
  if (is_aws_chunked(head)) {
    chunks_ = std::make_unique<http::AwsChunkedDecoder>([this](http::Bytes bytes) {
      if (gzip_)
        gzip_->write(bytes);
      else
        take(bytes);
    });
  }
}

void Body::check_digest() {
  if (digest_ && identity::hex(digest_->finish()) != declared_digest_) throw identity::content_sha256_mismatch();
}

void Body::verify_chunks(std::unique_ptr<identity::ChunkVerifier> verifier) {
  verifier_ = std::move(verifier);
  if (chunks_) chunks_->on_chunk([this](std::string_view signature) { verifier_->end_chunk(signature); });
}

void Body::write(http::Bytes bytes) {
  if (digest_) digest_->update({bytes.data(), bytes.size()});
  if (chunks_)
    chunks_->write(bytes);
  else if (gzip_)
    gzip_->write(bytes);
  else
    take(bytes);
}

void Body::take(http::Bytes bytes) {
  if (verifier_) verifier_->data({bytes.data(), bytes.size()});
  if (sink_ != nullptr) {
    sink_->write(bytes);
    return;
  }
  if (gathered_.size() + bytes.size() > limit_) {
    throw body_too_large(limit_);
  }
  gathered_.append(bytes.data(), bytes.size());
}

std::string Body::finish(const http::Headers& trailers) {
  check_digest();
  http::Headers all = trailers;
  if (chunks_) {
    http::Headers signed_ones = chunks_->finish();
    const std::string signature(signed_ones.get("x-amz-trailer-signature"));
    signed_ones.erase("x-amz-trailer-signature");
    if (verifier_ && !signature.empty()) verifier_->trailers(signed_ones, signature);
    for (const auto& [name, value] : signed_ones) all.add(name, value);
  }
  if (gzip_) gzip_->finish();
  if (sink_ != nullptr) sink_->finish(all);
  return std::move(gathered_);
}

}  // namespace orrery::pipeline
