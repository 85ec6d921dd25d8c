#include "aws/ids.hpp"
#include "services/dynamodb/ion.hpp"
#include "services/dynamodb/number.hpp"
#include "services/dynamodb/value.hpp"

namespace orrery::dynamodb {

namespace {

void write_quoted(std::string& out, const std::string& text, char quote) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += quote;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += quote;
}

/// A name without quotes where it is an identifier; "$7" would be a symbol's number.
bool identifier(const std::string& name) {
  if (name.empty() || digit(name[0])) return false;
  for (const char* word : {"null", "true", "false", "nan"}) {
    if (name == word) return false;
  }
  const bool letters = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '$');
  });
  const bool number = name.size() > 1 && name[0] == '$' && std::all_of(name.begin() + 1, name.end(), digit);
  return letters && !number;
}

/// A decimal as Ion's own libraries write it: "103.", "6d2", "1.5", "0.001", "15d-9".
void write_decimal(std::string& out, std::string text) {
  constexpr int kSmallestPlain = -6;
  if (text[0] == '-') {
    out += '-';
    text.erase(0, 1);
  }
  const auto point = text.find('.');
  int scale = point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
  if (point != std::string::npos) text.erase(point, 1);
  text.erase(0, std::min(text.find_first_not_of('0'), text.size() - 1));
  if (scale == 0) {
    const std::size_t kept = text.find_last_not_of('0') + 1;
    if (kept > 0) {
      scale -= static_cast<int>(text.size() - kept);
      text.resize(kept);
    }
  }
  const int digits = static_cast<int>(text.size());
  const int adjusted = digits - 1 - scale;
  if (scale == 0) {
    out += text + ".";
  } else if (scale < 0) {
    out += text + "d" + std::to_string(-scale);
  } else if (adjusted >= 0) {
    out += text.substr(0, static_cast<std::size_t>(digits - scale)) + "." +
           text.substr(static_cast<std::size_t>(digits - scale));
  } else if (adjusted >= kSmallestPlain) {
    out += "0." + std::string(static_cast<std::size_t>(scale - digits), '0') + text;
  } else {
    out += text + "d-" + std::to_string(scale);
  }
}

void write_value(std::string& out, const Json& value);

void write_members(std::string& out, const Json& members) {
  out += '{';
  for (const auto& [name, value] : members.items()) {
    if (out.back() != '{') out += ',';
    identifier(name) ? void(out += name) : write_quoted(out, name, '\'');
    out += ':';
    write_value(out, value);
  }
  out += '}';
}

/// One value of a set or a scalar, by the type's first letter.
void write_scalar(std::string& out, char type, const std::string& content) {
  if (type == 'S') {
    write_quoted(out, content, '"');
  } else if (type == 'N') {
    write_decimal(out, content);
  } else {
    out += "{{" + aws::base64(content) + "}}";
  }
}

void write_list(std::string& out, const Json& elements, const auto& write) {
  out += '[';
  for (std::size_t n = 0; n < elements.size(); ++n) {
    if (n > 0) out += ',';
    write(elements[n]);
  }
  out += ']';
}

void write_value(std::string& out, const Json& value) {
  const std::string& type = type_of(value);
  const Json& content = content_of(value);
  if (type == "NULL") {
    out += "null";
  } else if (type == "BOOL") {
    out += content.get<bool>() ? "true" : "false";
  } else if (type == "M") {
    write_members(out, content);
  } else if (type == "L") {
    write_list(out, content, [&](const Json& element) { write_value(out, element); });
  } else if (type.size() == 2) {
    out += "$dynamodb_" + type + "::";
    write_list(out, content,
               [&](const Json& element) { write_scalar(out, type[0], element.get_ref<const std::string&>()); });
  } else {
    write_scalar(out, type[0], content.get_ref<const std::string&>());
  }
}

}  // namespace

std::string ion_struct(const Json& item) {
  std::string out;
  write_members(out, item);
  return out;
}

}  // namespace orrery::dynamodb
