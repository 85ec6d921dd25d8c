#include "services/s3/body_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <system_error>

namespace orrery::s3 {

namespace {

/// So many files are opened at once; those of an object of more parts as it is read.
constexpr std::size_t kOpenedAhead = 16;

/// One piece of the stream: bytes in memory, or a stretch of a file.
struct Piece {
  std::string data;
  std::string file;  ///< "" when in `data`
  int descriptor = -1;
  std::uint64_t offset = 0, length = 0;

  void open() {
    if (file.empty() || descriptor >= 0) return;
    descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "cannot open an object body");
  }
  void close() {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
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
  SegmentSource(const SegmentSource&) = delete;
  SegmentSource& operator=(const SegmentSource&) = delete;

  std::uint64_t size() const override { return size_; }

  std::size_t read(std::span<char> into) override {
    while (at_ < pieces_.size()) {
      Piece& piece = pieces_[at_];
      const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), piece.length));
      if (want == 0 && !into.empty()) {
        piece.close();
        ++at_;
        continue;
      }
      piece.open();
      if (piece.descriptor < 0) {
        std::memcpy(into.data(), piece.data.data() + piece.offset, want);
        advance(piece, want);
        return want;
      }
      const auto got = ::pread(piece.descriptor, into.data(), want, static_cast<off_t>(piece.offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw std::system_error(errno, std::generic_category(), "cannot read an object body");
      if (got == 0 && want > 0) throw std::runtime_error("an object body is shorter than its record");
      advance(piece, static_cast<std::size_t>(got));
      return static_cast<std::size_t>(got);
    }
    return 0;
  }

  int descriptor(std::uint64_t& offset) const override {
    if (pieces_.size() != 1 || at_ != 0 || pieces_[0].length != size_) return -1;
    offset = pieces_[0].offset;
    return pieces_[0].descriptor;
  }

 private:
  static void advance(Piece& piece, std::size_t by) {
    piece.offset += by;
    piece.length -= by;
  }

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
    if (from < to) out.push_back({segment.body, segment.offset + (from - at), to - from});
    at += segment.length;
  }
  return out;
}

std::unique_ptr<http::BodySource> open_source(const ObjectStore& store, const std::vector<Segment>& segments,
                                              ByteRange range) {
  std::vector<Piece> pieces;
  for (const auto& segment : slice(segments, range)) {
    auto body = store.body(segment.body);
    if (!body) throw std::runtime_error("an object body has no record");
    pieces.push_back({std::move(body->data), std::move(body->file), -1, segment.offset, segment.length});
  }
  auto source = std::make_unique<SegmentSource>(std::move(pieces));
  source->open_ahead();
  return source;
}

}  // namespace orrery::s3
