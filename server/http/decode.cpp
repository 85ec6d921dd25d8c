#include "http/decode.hpp"

#include <zlib.h>
#include <zstd.h>

#include <array>
#include <charconv>

namespace orrery::http {

namespace {

constexpr std::size_t kLongestLine = 8 * 1024;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

}  // namespace

/// Takes bytes up to and with a line feed; true when `line` holds a whole line, without its ending.
bool AwsChunkedDecoder::take_line(Bytes& bytes, std::string& line) {
  std::size_t n = 0;
  while (n < bytes.size() && bytes[n] != '\n') ++n;
  const bool complete = n < bytes.size();
  line_.append(bytes.data(), n);
  bytes = bytes.subspan(complete ? n + 1 : n);
  if (line_.size() > kLongestLine) throw DecodeError("a line of the aws-chunked body is too long");
  if (!complete) return false;
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  line = std::exchange(line_, {});
  return true;
}

void AwsChunkedDecoder::begin_chunk(const std::string& line) {
  const auto semicolon = line.find(';');
  const std::string_view size = trim(std::string_view(line).substr(0, semicolon));
  const auto [end, status] = std::from_chars(size.data(), size.data() + size.size(), left_, 16);
  if (size.empty() || status != std::errc() || end != size.data() + size.size()) {
    throw DecodeError("malformed chunk size in the aws-chunked body");
  }
  signature_.clear();
  static constexpr std::string_view kSignature = "chunk-signature=";
  if (const auto at = line.find(kSignature); at != std::string::npos) signature_ = line.substr(at + kSignature.size());
  if (left_ == 0) {
    if (hook_) hook_(signature_);
    state_ = State::trailer;
  } else {
    state_ = State::data;
  }
}

void AwsChunkedDecoder::end_chunk() {
  if (hook_) hook_(signature_);
  state_ = State::size;
}

void AwsChunkedDecoder::add_trailer(const std::string& line) {
  if (line.empty()) {
    state_ = State::done;
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string::npos) throw DecodeError("malformed trailer in the aws-chunked body");
  trailers_.add(line.substr(0, colon), std::string(trim(std::string_view(line).substr(colon + 1))));
}

void AwsChunkedDecoder::write(Bytes bytes) {
  std::string line;
  while (!bytes.empty()) {
    switch (state_) {
      case State::size:
        if (take_line(bytes, line)) begin_chunk(line);
        break;
      case State::data: {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
        consumer_(bytes.first(n));
        decoded_ += n;
        left_ -= n;
        bytes = bytes.subspan(n);
        if (left_ == 0) state_ = State::data_end;
        break;
      }
      case State::data_end:
        if (!take_line(bytes, line)) break;
        if (!line.empty()) throw DecodeError("a chunk of the aws-chunked body is longer than its size");
        end_chunk();
        break;
      case State::trailer:
        if (take_line(bytes, line)) add_trailer(line);
        break;
      case State::done:
        bytes = {};  // some clients send a second empty line
        break;
    }
  }
}

Headers AwsChunkedDecoder::finish() {
  // An unsigned body may end right after its last chunk's line.
  if (state_ == State::trailer && !line_.empty()) add_trailer(std::exchange(line_, {}));
  if (state_ != State::done && state_ != State::trailer) throw DecodeError("the aws-chunked body ended early");
  return std::move(trailers_);
}

struct GzipDecoder::Stream : z_stream {};

GzipDecoder::GzipDecoder(Consumer consumer) : consumer_(std::move(consumer)), stream_(std::make_unique<Stream>()) {
  constexpr int kGzipOnly = 15 + 16;
  if (inflateInit2(stream_.get(), kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipDecoder::~GzipDecoder() { inflateEnd(stream_.get()); }

void GzipDecoder::write(Bytes bytes) {
  std::array<char, 16 * 1024> out;
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_->avail_in = static_cast<uInt>(bytes.size());
  while (stream_->avail_in > 0) {
    if (ended_ && inflateReset(stream_.get()) != Z_OK) throw DecodeError("the gzip body is corrupt");
    ended_ = false;  // RFC 1952, 2.2: a file may consist of several members
    stream_->next_out = reinterpret_cast<Bytef*>(out.data());
    stream_->avail_out = out.size();
    const int status = inflate(stream_.get(), Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) throw DecodeError("the gzip body is corrupt");
    if (const std::size_t n = out.size() - stream_->avail_out) consumer_(Bytes(out.data(), n));
    ended_ = status == Z_STREAM_END;
  }
}

void GzipDecoder::finish() {
  if (!ended_) throw DecodeError("the gzip body ended early");
}

struct ZstdDecoder::Stream {
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream{ZSTD_createDStream(), &ZSTD_freeDStream};
};

ZstdDecoder::ZstdDecoder(Consumer consumer) : consumer_(std::move(consumer)), stream_(std::make_unique<Stream>()) {
  constexpr int kWidestWindow = 27;
  ZSTD_DStream* stream = stream_->stream.get();
  if (!stream || ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, kWidestWindow)))
    throw std::bad_alloc();
}

ZstdDecoder::~ZstdDecoder() = default;

void ZstdDecoder::write(Bytes bytes) {
  std::array<char, 16 * 1024> buffer;
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  bool more = in.size > 0;
  while (more) {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    const std::size_t left = ZSTD_decompressStream(stream_->stream.get(), &out, &in);
    if (ZSTD_isError(left)) throw DecodeError("the zstd body is corrupt");
    if (out.pos > 0) consumer_(Bytes(buffer.data(), out.pos));
    ended_ = left == 0;  // the frame, which another one may follow
    // A full buffer may have left some output behind; a call after the frame's end would begin the next.
    more = in.pos < in.size || (!ended_ && out.pos == out.size);
  }
}

void ZstdDecoder::finish() {
  if (!ended_) throw DecodeError("the zstd body ended early");
}

}  // namespace orrery::http
