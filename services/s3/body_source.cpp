#include "services/s3/body_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <system_error>

#include "services/s3/body_cipher.hpp"
#include "services/s3/body_hold.hpp"

namespace orrery::s3 {

namespace {

/// So many files are opened at once; those of an object of more parts as it is read, held until then.
constexpr std::size_t kOpenedAhead = 16;

/// One piece of the stream: a stretch of a stored body's plain bytes.
struct Piece {
  StoredBody body;
  std::uint64_t offset = 0, length = 0;
  std::unique_ptr<BodyCipher> cipher;  ///< null for a body in the clear
  int descriptor = -1;
  std::string chunk;               ///< the plain bytes of one chunk,
  std::uint64_t chunk_at = ~0ull;  ///< which begins here

  Piece(StoredBody from, const Segment& segment)
      : body(std::move(from)), offset(segment.offset), length(segment.length) {
    if (!segment.key.empty()) cipher = std::make_unique<BodyCipher>(segment.key);
  }

  void open() {
    if (body.file.empty() || descriptor >= 0) return;
    descriptor = ::open(body.file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot open an object body");
  }
  void close() {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
  }

  /// Reads stored bytes, all of them.
  void fetch(std::uint64_t at, std::span<char> into) const {
    if (descriptor < 0) {
      if (at + into.size() > body.data.size()) throw std::runtime_error("an object body is shorter than its record");
      std::memcpy(into.data(), body.data.data() + at, into.size());
      return;
    }
    while (!into.empty()) {
      const auto got = ::pread(descriptor, into.data(), into.size(), static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw std::system_error(errno, std::generic_category(), "cannot read an object body");
      if (got == 0) throw std::runtime_error("an object body is shorter than its record");
      into = into.subspan(static_cast<std::size_t>(got));
      at += static_cast<std::uint64_t>(got);
    }
  }

  /// Plain bytes from `offset`: at least one, where there are any.
  std::size_t take(std::span<char> into) {
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), length));
    const std::size_t got = cipher ? decrypt(into.first(want)) : (fetch(offset, into.first(want)), want);
    offset += got;
    length -= got;
    return got;
  }

  std::size_t decrypt(std::span<char> into) {
    std::size_t done = 0;
    while (done < into.size()) {
      const std::uint64_t at = offset + done, number = at / BodyCipher::kPlain, start = number * BodyCipher::kPlain;
      const auto size = static_cast<std::size_t>(std::min(BodyCipher::kPlain, body.size - start));
      if (at == start && into.size() - done >= size) {
        open_chunk(number, size, into.data() + done);
        done += size;
        continue;
      }
      if (chunk_at != start) {
        chunk.resize(size);
        open_chunk(number, size, chunk.data());
        chunk_at = start;
      }
      const std::size_t from = static_cast<std::size_t>(at - start), n = std::min(size - from, into.size() - done);
      std::memcpy(into.data() + done, chunk.data() + from, n);
      done += n;
    }
    return done;
  }

  void open_chunk(std::uint64_t number, std::size_t size, char* out) {
    thread_local std::string stored;
    stored.resize(cipher->stored(size));
    fetch(number * cipher->stored(), stored);
    cipher->open(number, stored, out);
  }
};

class SegmentSource : public http::BodySource {
 public:
  explicit SegmentSource(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {
    for (const auto& piece : pieces_) size_ += piece.length;
  }
  ~SegmentSource() override {
    for (auto& piece : pieces_) piece.close();
  }
  void open_ahead() {
    for (std::size_t i = 0; i < std::min(pieces_.size(), kOpenedAhead); ++i) pieces_[i].open();
  }
  void hold(std::vector<std::int64_t> bodies) { hold_.emplace(std::move(bodies)); }
  SegmentSource(const SegmentSource&) = delete;
  SegmentSource& operator=(const SegmentSource&) = delete;

  std::uint64_t size() const override { return size_; }

  std::size_t read(std::span<char> into) override {
    while (at_ < pieces_.size()) {
      Piece& piece = pieces_[at_];
      if (piece.length == 0) {
        piece.close();
        ++at_;
        continue;
      }
      piece.open();
      return piece.take(into);
    }
    return 0;
  }

  int descriptor(std::uint64_t& offset) const override {
    if (pieces_.size() != 1 || at_ != 0 || pieces_[0].length != size_ || pieces_[0].cipher) return -1;
    offset = pieces_[0].offset;
    return pieces_[0].descriptor;
  }

 private:
  std::optional<BodyHold> hold_;
  std::vector<Piece> pieces_;
  std::size_t at_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace

std::vector<Segment> slice(const std::vector<Segment>& segments, ByteRange range) {
  std::vector<Segment> out;
  std::uint64_t at = 0;
  const std::uint64_t end = range.first + range.length;
  for (const auto& segment : segments) {
    const std::uint64_t from = std::max(at, range.first), to = std::min(at + segment.length, end);
    if (from < to) out.push_back({segment.body, segment.offset + (from - at), to - from, segment.key});
    at += segment.length;
  }
  return out;
}

std::unique_ptr<http::BodySource> open_source(const NewBody& body) {
  std::vector<Piece> pieces;
  pieces.emplace_back(StoredBody{body.size, body.file, body.data}, Segment{0, 0, body.size, body.key});
  return std::make_unique<SegmentSource>(std::move(pieces));
}

std::unique_ptr<http::BodySource> text_source(std::string text) {
  const std::uint64_t size = text.size();
  std::vector<Piece> pieces;
  pieces.emplace_back(StoredBody{size, "", std::move(text)}, Segment{0, 0, size});
  return std::make_unique<SegmentSource>(std::move(pieces));
}

std::unique_ptr<http::BodySource> open_source(const ObjectStore& store, const std::vector<Segment>& segments,
                                              ByteRange range) {
  std::vector<Piece> pieces;
  std::vector<std::int64_t> later;
  for (const auto& segment : slice(segments, range)) {
    if (pieces.size() >= kOpenedAhead) later.push_back(segment.body);
    auto body = store.body(segment.body);
    if (!body) throw std::runtime_error("an object body has no record");
    pieces.emplace_back(std::move(*body), segment);
  }
  auto source = std::make_unique<SegmentSource>(std::move(pieces));
  source->open_ahead();
  if (!later.empty()) source->hold(std::move(later));
  return source;
}

}  // namespace orrery::s3
