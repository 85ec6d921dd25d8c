#include <bit>
#include <cmath>
#include <limits>

#include "wire/cbor.hpp"
#include "wire/scalars.hpp"

namespace orrery::wire {

namespace {

[[noreturn]] void bad(const char* message) { throw Malformed{Malformed::Kind::syntax, message}; }

double half(std::uint64_t bits) {
  const int exponent = static_cast<int>(bits >> 10) & 31;
  const auto mantissa = static_cast<double>(bits & 1023);
  double value = 0;
  if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else if (exponent != 31) {
    value = std::ldexp(mantissa + 1024, exponent - 25);
  } else {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Json document() {
    Json out = item(0);
    if (at_ != bytes_.size()) bad("Bytes after the end of the CBOR item");
    return out;
  }

 private:
  static constexpr unsigned kIndefinite = 31;

  unsigned char byte() {
    if (at_ >= bytes_.size()) bad("The CBOR item ends too early");
    return static_cast<unsigned char>(bytes_[at_++]);
  }
  bool end_of_indefinite() {
    if (at_ >= bytes_.size()) bad("The CBOR item ends too early");
    if (static_cast<unsigned char>(bytes_[at_]) != 0xFF) return false;
    ++at_;
    return true;
  }
  std::uint64_t argument(unsigned info) {
    if (info < 24) return info;
    if (info > 27) bad("A reserved CBOR length");
    std::uint64_t out = 0;
    for (unsigned n = 0; n < (1u << (info - 24)); ++n) out = out << 8 | byte();
    return out;
  }

  std::string text(unsigned major, unsigned info) {
    if (info == kIndefinite) {
      std::string out;
      while (!end_of_indefinite()) {
        const unsigned head = byte();
        if (head >> 5 != major || (head & 31) == kIndefinite) bad("A chunk of another type in a CBOR string");
        out += text(major, head & 31);
      }
      return out;
    }
    const auto size = argument(info);
    if (size > bytes_.size() - at_) bad("The CBOR item ends too early");
    std::string out(bytes_.substr(at_, size));
    at_ += size;
    if (major == 3 && !valid_utf8(out)) bad("A CBOR text is not UTF-8");
    return out;
  }

  Json list(unsigned info, int depth) {
    Json out = Json::array();
    if (info == kIndefinite) {
      while (!end_of_indefinite()) out.push_back(item(depth + 1));
      return out;
    }
    for (auto left = argument(info); left > 0; --left) out.push_back(item(depth + 1));
    return out;
  }

  void entry(Json& map, int depth) {
    const unsigned head = byte();
    if (head >> 5 != 3) bad("A CBOR map's key is not a text");
    const std::string name = text(3, head & 31);
    map[name] = item(depth + 1);
  }

  Json map(unsigned info, int depth) {
    Json out = Json::object();
    if (info == kIndefinite) {
      while (!end_of_indefinite()) entry(out, depth);
      return out;
    }
    for (auto left = argument(info); left > 0; --left) entry(out, depth);
    return out;
  }

  Json simple(unsigned info) {
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
      case 23:
        return nullptr;
      case 25:
        return half(argument(info));
      case 26:
        return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(argument(info))));
      case 27:
        return std::bit_cast<double>(argument(info));
      default:
        bad("A CBOR simple value without a meaning here");
    }
  }

  Json item(int depth) {
    if (depth > kMaxDepth) bad("The document is nested too deeply");
    const unsigned head = byte();
    const unsigned info = head & 31;
    switch (head >> 5) {
      case 0:
        return argument(info);
      case 1: {
        const auto size = argument(info);
        if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
          bad("A CBOR integer is too small");
        return -1 - static_cast<std::int64_t>(size);
      }
      case 2:
        return text(2, info);
      case 3:
        return text(3, info);
      case 4:
        return list(info, depth);
      case 5:
        return map(info, depth);
      case 6:
        argument(info);
        return item(depth + 1);
      default:
        return simple(info);
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Json parse_cbor(std::string_view bytes) { return Reader(bytes).document(); }

}  // namespace orrery::wire
