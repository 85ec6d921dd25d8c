#include "wire/scalars.hpp"

#include <charconv>
#include <cmath>
#include <limits>

#include "aws/clock.hpp"
#include "aws/ids.hpp"

namespace orrery::wire {

namespace {

using api::TimeFormat;
using api::Type;

[[noreturn]] void bad(const api::ReferenceView& reference, std::string_view text) {
  throw Malformed{Malformed::Kind::value,
                  "Invalid value '" + std::string(text.substr(0, 200)) + "' for " + std::string(reference.name())};
}

Json integer_from_text(const api::ReferenceView& reference, std::string_view text) {
  std::int64_t number = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) bad(reference, text);
  if (reference.type() == Type::integer &&
      (number > std::numeric_limits<std::int32_t>::max() || number < std::numeric_limits<std::int32_t>::min())) {
    bad(reference, text);
  }
  return number;
}

Json double_from_text(const api::ReferenceView& reference, std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) bad(reference, text);
  return number;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return "";
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

aws::Millis millis_of(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>() * 1000;
  return static_cast<aws::Millis>(std::llround(value.get<double>() * 1000));
}

}  // namespace

std::string from_latin1(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) out += static_cast<char>(0xC0 | byte >> 6);
    out += byte < 0x80 ? c : static_cast<char>(0x80 | (byte & 0x3F));
  }
  return out;
}

Json timestamp_from_text(std::string_view text) {
  aws::Millis ms = 0;
  if (!aws::parse_timestamp(std::string(trimmed(text)), ms)) {
    throw Malformed{Malformed::Kind::value, "Invalid timestamp '" + std::string(text.substr(0, 100)) + "'"};
  }
  if (ms % 1000 == 0) return ms / 1000;
  return static_cast<double>(ms) / 1000;
}

Json scalar_from_text(const api::ReferenceView& reference, std::string_view text) {
  switch (reference.type()) {
    case Type::integer:
    case Type::long_integer:
      return integer_from_text(reference, trimmed(text));
    case Type::floating:
      return double_from_text(reference, trimmed(text));
    case Type::boolean: {
      const auto word = trimmed(text);
      if (word == "true" || word == "True" || word == "TRUE" || word == "1") return true;
      if (word == "false" || word == "False" || word == "FALSE" || word == "0") return false;
      bad(reference, text);
    }
    case Type::timestamp:
      return timestamp_from_text(text);
    case Type::blob: {
      std::string bytes;
      if (!aws::base64_decode(std::string(trimmed(text)), bytes)) bad(reference, text);
      return bytes;
    }
    default:
      if (!valid_utf8(text)) {
        throw Malformed{Malformed::Kind::value, "Invalid UTF-8 in " + std::string(reference.name())};
      }
      return std::string(text);
  }
}

void append_double(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
  } else {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    out.append(buffer, end);
    if (std::string_view(buffer, static_cast<std::size_t>(end - buffer)).find_first_of(".e") ==
        std::string_view::npos) {
      out += ".0";
    }
  }
}

void append_timestamp(std::string& out, const Json& value, TimeFormat format) {
  const aws::Millis ms = millis_of(value);
  switch (format) {
    case TimeFormat::rfc822:
      out += aws::rfc822(ms);
      return;
    case TimeFormat::unix_seconds: {
      char buffer[32];
      const aws::Millis size = ms < 0 ? -ms : ms;
      if (ms < 0) out += '-';
      out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, size / 1000).ptr);
      if (size % 1000 != 0) {
        const auto digits = std::to_string(1000 + size % 1000);
        out += '.';
        out.append(digits, 1);
      }
      return;
    }
    default:
      out += aws::iso8601_ms(ms);
  }
}

void append_integer(std::string& out, const Json& value, std::string_view name) {
  char buffer[32];
  if (value.is_number_unsigned()) {
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value.get<std::uint64_t>()).ptr);
  } else if (value.is_number_integer()) {
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value.get<std::int64_t>()).ptr);
  } else if (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>() &&
             std::abs(value.get<double>()) < 9e15) {
    out.append(buffer,
               std::to_chars(buffer, buffer + sizeof buffer, static_cast<std::int64_t>(value.get<double>())).ptr);
  } else {
    throw std::logic_error("not an integer: " + std::string(name));
  }
}

void append_scalar(std::string& out, const api::ReferenceView& reference, const Json& value, TimeFormat standard) {
  switch (reference.type()) {
    case Type::integer:
    case Type::long_integer:
      append_integer(out, value, reference.name());
      return;
    case Type::floating:
      if (!value.is_number()) wrong_type(reference, value);
      append_double(out, value.get<double>());
      return;
    case Type::boolean:
      if (!value.is_boolean()) wrong_type(reference, value);
      out += value.get<bool>() ? "true" : "false";
      return;
    case Type::timestamp: {
      if (!value.is_number()) wrong_type(reference, value);
      const auto format = reference.time_format();
      append_timestamp(out, value, format == TimeFormat::standard ? standard : format);
      return;
    }
    case Type::blob:
      if (!value.is_string()) wrong_type(reference, value);
      out += aws::base64(value.get_ref<const std::string&>());
      return;
    case Type::string:
      if (!value.is_string()) wrong_type(reference, value);
      out += value.get_ref<const std::string&>();
      return;
    default:
      wrong_type(reference, value);
  }
}

void unknown_member(const api::ShapeView& shape, std::string_view name) {
  throw std::logic_error("the API table's " + std::string(shape.name()) + " has no member " + std::string(name));
}

void wrong_type(const api::ReferenceView& reference, const Json& value) {
  throw std::logic_error("member " + std::string(reference.name()) + " of type " +
                         std::string(reference.shape().name()) + " cannot be a " + value.type_name());
}

}  // namespace orrery::wire
