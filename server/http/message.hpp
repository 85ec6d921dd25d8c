#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::http {

/// Header fields in the order received; names compare without case. Values are trimmed.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  /// The first value of `name`, or nullptr. Valid until the next change.
  const std::string* find(std::string_view name) const;
  /// The first value of `name`, or "".
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }
  void add(std::string name, std::string value) { fields_.emplace_back(std::move(name), std::move(value)); }
  /// Replaces every field of this name by one.
  void set(std::string_view name, std::string value);
  void erase(std::string_view name);
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

bool iequals(std::string_view a, std::string_view b);

/// A request as it came: `path` and `query` are the raw, still percent-encoded parts of `target`.
struct Request {
  std::string method;
  std::string target;
  std::string path;
  std::string query;  ///< without '?'
  Headers headers;
  std::string body;  ///< decoded (chunked, aws-chunked, gzip); empty when the body went to a BodySink
  bool secure = false;
  std::string remote;  ///< the peer's address
};

/// Percent-decodes; '+' becomes a space only when `form` (query strings of the query protocol).
enum class Plus { literal, space };
std::string percent_decode(std::string_view text, Plus plus = Plus::literal);
/// Percent-encodes all but unreserved characters (RFC 3986); '/' stays when `slash` is keep.
enum class Slash { encode, keep };
std::string percent_encode(std::string_view text, Slash slash = Slash::encode);
/// Decoded name/value pairs of a query string, in order; a name without '=' has an empty value.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);
/// The first value of `name` in such pairs; "" when there is none.
std::string query_value(std::string_view query, std::string_view name);

/// Where the body of an operation with a streaming input goes (S3 PutObject, UploadPart). The service makes it, the
/// host feeds it decoded bytes on an I/O thread, and the handler finds it in its context. Destroying one that was not
/// taken removes what it wrote.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual void write(std::span<const char> bytes) = 0;
  /// After the last byte; `trailers` are those of a chunked or aws-chunked body.
  virtual void finish(const Headers& trailers) = 0;
};

/// A response body that is not in memory. Read on an I/O thread, once, from start to end.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t size() const = 0;
  /// Fills from the current position; returns the number of bytes, 0 at the end. Throws on a read error.
  virtual std::size_t read(std::span<char> into) = 0;
  /// A file descriptor whose next size() bytes at `offset` are the body, or -1. Lets the host use sendfile.
  virtual int descriptor(std::uint64_t& offset) const {
    (void)offset;
    return -1;
  }
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::unique_ptr<BodySource> source;  ///< used instead of `body` when set
};

}  // namespace orrery::http
