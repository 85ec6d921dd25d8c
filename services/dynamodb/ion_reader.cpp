#include "aws/ids.hpp"
#include "services/dynamodb/ion.hpp"
#include "services/dynamodb/number.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

constexpr int kDeepestIon = 64;

bool symbol_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x80 && (std::isalnum(byte) != 0 || c == '_' || c == '$');
}

void put_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xc0 | code >> 6);
    byte(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    byte(0xe0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  } else {
    byte(0xf0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3f));
    byte(0x80 | (code >> 6 & 0x3f));
    byte(0x80 | (code & 0x3f));
  }
}

class IonReader {
 public:
  explicit IonReader(std::string_view text) : text_(text) {}

  std::vector<Json> values() {
    std::vector<Json> out;
    for (skip(); at_ < text_.size(); skip()) {
      if (take_word("$ion_1_0")) continue;
      out.push_back(annotated(0));
    }
    return out;
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw IonError(std::string(what) + " at character " + std::to_string(at_ + 1) + " of a line");
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }

  void skip() {
    while (at_ < text_.size()) {
      if (std::string_view(" \t\r\n\v\f").find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else if (starts("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (starts("/*")) {
        const auto end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) fail("an open comment");
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  bool take(char c) {
    skip();
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  /// An identifier that is exactly `word`.
  bool take_word(std::string_view word) {
    if (!starts(word) || (at_ + word.size() < text_.size() && symbol_character(text_[at_ + word.size()]))) return false;
    at_ += word.size();
    return true;
  }

  std::uint32_t hex_digits(int count) {
    std::uint32_t out = 0;
    for (; count > 0; --count) {
      const auto byte = static_cast<unsigned char>(peek());
      if (std::isxdigit(byte) == 0) fail("an incomplete escape");
      out = out * 16 + static_cast<std::uint32_t>(std::isdigit(byte) != 0 ? byte - '0' : std::tolower(byte) - 'a' + 10);
      ++at_;
    }
    return out;
  }

  std::uint32_t code_point(int count) {
    std::uint32_t code = hex_digits(count);
    if (code >= 0xd800 && code < 0xdc00 && starts("\\u")) {
      at_ += 2;
      const std::uint32_t low = hex_digits(4);
      if (low < 0xdc00 || low > 0xdfff) fail("half a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if ((code >= 0xd800 && code < 0xe000) || code > 0x10ffff) fail("no character");
    return code;
  }

  void escape(std::string& out) {
    static constexpr std::string_view kLetters = "0abtnfrv\"'?\\/";
    static constexpr std::string_view kMeanings{"\0\a\b\t\n\f\r\v\"'?\\/", 13};
    const char c = peek();
    ++at_;
    if (const auto known = kLetters.find(c); known != std::string_view::npos) {
      out += kMeanings[known];
    } else if (c == 'x') {
      put_utf8(out, hex_digits(2));
    } else if (c == 'u') {
      put_utf8(out, code_point(4));
    } else if (c == 'U') {
      put_utf8(out, code_point(8));
    } else {
      fail("an unknown escape");
    }
  }

  std::string quoted(char quote) {
    std::string out;
    ++at_;
    while (peek() != quote) {
      if (at_ >= text_.size() || peek() == '\n') fail("an open string");
      if (take_raw('\\')) {
        escape(out);
      } else {
        out += text_[at_++];
      }
    }
    ++at_;
    return out;
  }

  bool take_raw(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  std::string symbol() {
    skip();
    if (peek() == '\'' && !starts("'''")) return quoted('\'');
    const auto begin = at_;
    while (at_ < text_.size() && symbol_character(text_[at_])) ++at_;
    if (begin == at_ || digit(text_[begin])) fail("no symbol");
    return std::string(text_.substr(begin, at_ - begin));
  }

  /// A value with the annotations before it, of which the last counts.
  Json annotated(int depth) {
    if (depth > kDeepestIon) fail("too deep a value");
    std::string annotation;
    for (;;) {
      skip();
      const auto begin = at_;
      const bool may_be_symbol = peek() == '\'' || (symbol_character(peek()) && !digit(peek()));
      if (!may_be_symbol || starts("'''")) break;
      std::string name = symbol();
      skip();
      if (!starts("::")) {
        at_ = begin;
        break;
      }
      at_ += 2;
      annotation = std::move(name);
    }
    return value(annotation, depth);
  }

  Json value(const std::string& annotation, int depth) {
    if (starts("{{")) return {{"B", blob()}};
    if (peek() == '{') return members(depth);
    if (peek() == '[') return list(annotation, depth);
    if (starts("\"")) return {{"S", quoted('"')}};
    if (take_word("true")) return {{"BOOL", true}};
    if (take_word("false")) return {{"BOOL", false}};
    if (take_word("null")) {
      if (take_raw('.')) symbol();  // null.string, null.list, …
      return {{"NULL", true}};
    }
    if (digit(peek()) || peek() == '-') return {{"N", number()}};
    fail("a value of no DynamoDB type");
  }

  std::string blob() {
    const auto end = text_.find("}}", at_);
    if (end == std::string_view::npos) fail("an open blob");
    std::string encoded, out;
    for (const char c : text_.substr(at_ + 2, end - at_ - 2)) {
      if (std::isspace(static_cast<unsigned char>(c)) == 0) encoded += c;
    }
    if (!aws::base64_decode(encoded, out)) fail("a blob that is no Base64");
    at_ = end + 2;
    return out;
  }

  std::string number() {
    std::string out;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(peek())) != 0 ||
                                  std::string_view("+-._").find(peek()) != std::string_view::npos)) {
      const char c = text_[at_++];
      if (c != '_') out += c == 'd' || c == 'D' ? 'e' : c;
    }
    return out;
  }

  Json members(int depth) {
    Json out = Json::object();
    ++at_;
    while (!take('}')) {
      skip();
      std::string name = peek() == '"' ? quoted('"') : symbol();
      if (!take(':')) fail("a field without a colon");
      out[std::move(name)] = annotated(depth + 1);
      if (!take(',') && peek() != '}') fail("an open struct");
    }
    return {{"M", std::move(out)}};
  }

  Json list(const std::string& annotation, int depth) {
    static constexpr std::string_view kSet = "$dynamodb_";
    const bool set = annotation.starts_with(kSet);
    const std::string type = set ? annotation.substr(kSet.size()) : "L";
    if (set && type != "SS" && type != "NS" && type != "BS") fail("an unknown kind of set");
    Json out = Json::array();
    ++at_;
    while (!take(']')) {
      Json element = annotated(depth + 1);
      if (set && type_of(element) != type.substr(0, 1)) fail("a set of mixed types");
      out.push_back(set ? std::move(*element.begin()) : std::move(element));
      if (!take(',') && peek() != ']') fail("an open list");
    }
    Json whole = Json::object();
    whole[type] = std::move(out);
    return whole;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Json> read_ion(std::string_view line) { return IonReader(line).values(); }

}  // namespace orrery::dynamodb
