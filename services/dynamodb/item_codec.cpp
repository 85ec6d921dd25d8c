#include "services/dynamodb/item_codec.hpp"

#include "aws/ids.hpp"
#include "aws/json_text.hpp"
#include "services/dynamodb/number.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

// Tags are part of the stored format.
constexpr std::pair<std::string_view, char> kTags[] = {{"S", 's'},  {"N", 'n'},  {"B", 'b'}, {"SS", 'S'},
                                                       {"NS", 'N'}, {"BS", 'B'}, {"L", 'l'}, {"M", 'm'}};
constexpr char kTrue = 't', kFalse = 'f', kNull = '0';
constexpr int kMostDepth = 64;

void put_count(std::string& out, std::size_t count) {
  for (; count >= 0x80; count >>= 7) out += static_cast<char>(0x80 | (count & 0x7f));
  out += static_cast<char>(count);
}

void put_text(std::string& out, const std::string& text) {
  put_count(out, text.size());
  out += text;
}

void put_value(std::string& out, const Json& value);

void put_members(std::string& out, const Json& members) {
  put_count(out, members.size());
  for (const auto& [name, value] : members.items()) {
    put_text(out, name);
    put_value(out, value);
  }
}

void put_value(std::string& out, const Json& value) {
  const std::string& type = type_of(value);
  const Json& content = content_of(value);
  if (type == "BOOL") {
    out += content.get<bool>() ? kTrue : kFalse;
    return;
  }
  if (type == "NULL") {
    out += kNull;
    return;
  }
  const char tag =
      std::find_if(std::begin(kTags), std::end(kTags), [&](const auto& t) { return t.first == type; })->second;
  out += tag;
  if (tag == 's' || tag == 'n' || tag == 'b') {
    put_text(out, content.get_ref<const std::string&>());
  } else if (tag == 'm') {
    put_members(out, content);
  } else {
    put_count(out, content.size());
    for (const auto& element : content) {
      tag == 'l' ? put_value(out, element) : put_text(out, element.get_ref<const std::string&>());
    }
  }
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Json members(int depth) {
    Json out = Json::object();
    for (std::size_t left = count(); left > 0; --left) {
      std::string name(text());
      out[std::move(name)] = value(depth);
    }
    return out;
  }
  void end() const {
    if (!bytes_.empty()) fail();
  }

  void write_members(std::string& out, int depth) {
    out += '{';
    for (std::size_t left = count(); left > 0; --left) {
      aws::append_json_string(out, text());
      out += ':';
      write_value(out, depth);
      if (left > 1) out += ',';
    }
    out += '}';
  }

  /// Sizes as item_size() has them; `each` for each member beside its name and value.
  std::size_t measure_members(int depth, std::size_t each) {
    std::size_t size = 0;
    for (std::size_t left = count(); left > 0; --left) size += text().size() + measure_value(depth) + each;
    return size;
  }

 private:
  static std::string_view type_of_tag(char tag) {
    for (const auto& [type, letter] : kTags) {
      if (letter == tag) return type;
    }
    fail();
  }

  void write_scalar(std::string& out, char tag) {
    const std::string_view content = text();
    if (tag == 'b' || tag == 'B') {
      out.append("\"").append(aws::base64(content)).append("\"");
    } else {
      aws::append_json_string(out, content);
    }
  }

  void write_value(std::string& out, int depth) {
    if (depth > kMostDepth) fail();
    const char tag = byte();
    if (tag == kTrue || tag == kFalse) {
      out += tag == kTrue ? R"({"BOOL":true})" : R"({"BOOL":false})";
      return;
    }
    if (tag == kNull) {
      out += R"({"NULL":true})";
      return;
    }
    out.append("{\"").append(type_of_tag(tag)).append("\":");
    if (tag == 's' || tag == 'n' || tag == 'b') {
      write_scalar(out, tag);
    } else if (tag == 'm') {
      write_members(out, depth + 1);
    } else {
      out += '[';
      for (std::size_t left = count(); left > 0; --left) {
        if (tag == 'l')
          write_value(out, depth + 1);
        else
          write_scalar(out, tag);
        if (left > 1) out += ',';
      }
      out += ']';
    }
    out += '}';
  }

  std::size_t measure_value(int depth) {
    if (depth > kMostDepth) fail();
    const char tag = byte();
    std::size_t size = 0;
    switch (tag) {
      case kTrue:
      case kFalse:
      case kNull:
        return 1;
      case 's':
      case 'b':
        return text().size();
      case 'n':
        return Number::parse(text()).size();
      case 'm':
        return 3 + measure_members(depth + 1, 1);
      case 'l':
        for (std::size_t left = count(); left > 0; --left) size += measure_value(depth + 1) + 1;
        return 3 + size;
      case 'N':
        for (std::size_t left = count(); left > 0; --left) size += Number::parse(text()).size();
        return size;
      case 'S':
      case 'B':
        for (std::size_t left = count(); left > 0; --left) size += text().size();
        return size;
      default:
        fail();
    }
  }

  [[noreturn]] static void fail() { throw std::runtime_error("malformed item in the store"); }

  char byte() {
    if (bytes_.empty()) fail();
    const char c = bytes_.front();
    bytes_.remove_prefix(1);
    return c;
  }

  std::size_t count() {
    std::size_t out = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const auto c = static_cast<unsigned char>(byte());
      out |= static_cast<std::size_t>(c & 0x7f) << shift;
      if (c < 0x80) return out;
    }
    fail();
  }

  std::string_view text() {
    const std::size_t length = count();
    if (length > bytes_.size()) fail();
    const std::string_view out = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
    return out;
  }

  Json value(int depth) {
    if (depth > kMostDepth) fail();
    const char tag = byte();
    if (tag == kTrue || tag == kFalse) return {{"BOOL", tag == kTrue}};
    if (tag == kNull) return {{"NULL", true}};
    Json out = Json::object();
    out[std::string(type_of_tag(tag))] = content(tag, depth);
    return out;
  }

  Json content(char tag, int depth) {
    if (tag == 's' || tag == 'n' || tag == 'b') return std::string(text());
    if (tag == 'm') return members(depth + 1);
    Json out = Json::array();
    for (std::size_t left = count(); left > 0; --left) {
      if (tag == 'l') {
        out.push_back(value(depth + 1));
      } else {
        out.emplace_back(std::string(text()));
      }
    }
    return out;
  }

  std::string_view bytes_;
};

}  // namespace

std::string encode_item(const Json& item) {
  std::string out;
  put_members(out, item);
  return out;
}

Json decode_item(std::string_view bytes) {
  Reader reader(bytes);
  Json item = reader.members(0);
  reader.end();
  return item;
}

std::size_t StoredItem::size() const { return Reader(bytes_).measure_members(0, 0); }

void StoredItem::append_json(std::string& out) const { Reader(bytes_).write_members(out, 0); }

}  // namespace orrery::dynamodb
