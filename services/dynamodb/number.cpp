#include "services/dynamodb/number.hpp"

#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

constexpr std::size_t kMostDigits = 38;
constexpr int kLowestExponent = -129;  // 1E-130 is 0.1 × 10^-129
constexpr int kHighestExponent = 126;  // 9.9…E+125 is 0.99… × 10^126

AwsError overflow() {
  return validation("Number overflow. Attempting to store a number with magnitude larger than supported range");
}

AwsError not_numeric(std::string_view text) {
  return validation("The parameter cannot be converted to a numeric value" +
                    (text.empty() ? std::string() : ": " + std::string(text)));
}

}  // namespace

Number Number::parse(std::string_view text) {
  Number out;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) out.negative_ = text[at++] == '-';
  bool any = false, point = false;
  for (; at < text.size() && (digit(text[at]) || (text[at] == '.' && !point)); ++at) {
    if (text[at] == '.') {
      point = true;
      continue;
    }
    any = true;
    out.digits_ += text[at];
    if (!point) ++out.exponent_;
  }
  if (!any) throw not_numeric(text);
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool minus = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) minus = text[at++] == '-';
    if (at == text.size()) throw not_numeric(text);
    int value = 0;
    for (; at < text.size() && digit(text[at]); ++at) value = std::min(value * 10 + (text[at] - '0'), 100'000'000);
    out.exponent_ += minus ? -value : value;
  }
  if (at != text.size()) throw not_numeric(text);
  out.normalize();
  return out;
}

void Number::normalize() {
  const auto first = digits_.find_first_not_of('0');
  if (first == std::string::npos) {
    *this = Number();
    return;
  }
  digits_.erase(0, first);
  exponent_ -= static_cast<int>(first);
  digits_.erase(digits_.find_last_not_of('0') + 1);
  if (exponent_ > kHighestExponent) throw overflow();
  if (digits_.size() > kMostDigits) throw validation("Attempting to store more than 38 significant digits in a Number");
  if (exponent_ < kLowestExponent)
    throw validation("Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

std::string Number::text() const {
  if (digits_.empty()) return "0";
  std::string out = negative_ ? "-" : "";
  const auto length = static_cast<int>(digits_.size());
  if (exponent_ <= 0) {
    out += "0." + std::string(static_cast<std::size_t>(-exponent_), '0') + digits_;
  } else if (exponent_ >= length) {
    out += digits_ + std::string(static_cast<std::size_t>(exponent_ - length), '0');
  } else {
    out += digits_.substr(0, static_cast<std::size_t>(exponent_)) + "." +
           digits_.substr(static_cast<std::size_t>(exponent_));
  }
  return out;
}

std::string Number::key_bytes() const {
  if (digits_.empty()) return "\x80";
  std::string out = "\xc0";
  out += static_cast<char>(exponent_ - kLowestExponent);
  for (const char c : digits_) out += static_cast<char>(c - '0' + 1);
  if (negative_) {
    // The complement orders the other way round; the closing 0xFF puts -1.5 before its own prefix -1.
    for (char& c : out) c = static_cast<char>(~c);
    out += '\xff';
  }
  return out;
}

std::size_t Number::size() const {
  if (digits_.empty()) return 1;
  // Digits pair up at the decimal point: 100 and 1 take one byte of mantissa, 10 too, 12.3 takes two.
  const std::size_t lead = exponent_ % 2 != 0 ? 1 : 0;
  return (digits_.size() + lead + 1) / 2 + 1 + (negative_ ? 1 : 0);
}

long long Number::integer() const {
  if (digits_.empty()) return 0;
  if (negative_ || exponent_ < static_cast<int>(digits_.size()) || exponent_ > 18) return -1;
  return std::stoll(text());
}

Number Number::operator-() const {
  Number out = *this;
  if (!digits_.empty()) out.negative_ = !negative_;
  return out;
}

std::strong_ordering operator<=>(const Number& a, const Number& b) {
  const int sign_a = a.digits_.empty() ? 0 : a.negative_ ? -1 : 1;
  const int sign_b = b.digits_.empty() ? 0 : b.negative_ ? -1 : 1;
  if (sign_a != sign_b) return sign_a <=> sign_b;
  const auto magnitude = a.exponent_ != b.exponent_ ? a.exponent_ <=> b.exponent_ : a.digits_.compare(b.digits_) <=> 0;
  return sign_a >= 0 ? magnitude : 0 <=> magnitude;
}

Number operator+(const Number& a, const Number& b) {
  if (a.digits_.empty()) return b;
  if (b.digits_.empty()) return a;
  // Both as integers of the same scale, most significant digit first.
  const int top = std::max(a.exponent_, b.exponent_);
  const int bottom =
      std::min(a.exponent_ - static_cast<int>(a.digits_.size()), b.exponent_ - static_cast<int>(b.digits_.size()));
  const auto aligned = [&](const Number& n) {
    std::string out(static_cast<std::size_t>(top - n.exponent_), '0');
    out += n.digits_;
    out.resize(static_cast<std::size_t>(top - bottom), '0');
    return out;
  };
  std::string x = aligned(a), y = aligned(b);
  Number out;
  out.negative_ = a.negative_;
  out.exponent_ = top;
  if (a.negative_ == b.negative_) {
    int carry = 0;
    for (std::size_t i = x.size(); i-- > 0;) {
      const int sum = x[i] - '0' + y[i] - '0' + carry;
      x[i] = static_cast<char>('0' + sum % 10);
      carry = sum / 10;
    }
    if (carry != 0) {
      x.insert(x.begin(), '1');
      ++out.exponent_;
    }
  } else {
    if (x < y) {
      std::swap(x, y);
      out.negative_ = b.negative_;
    }
    int borrow = 0;
    for (std::size_t i = x.size(); i-- > 0;) {
      int difference = x[i] - y[i] - borrow;
      borrow = difference < 0 ? 1 : 0;
      x[i] = static_cast<char>('0' + (borrow != 0 ? difference + 10 : difference));
    }
  }
  out.digits_ = std::move(x);
  const auto first = out.digits_.find_first_not_of('0');
  if (first != std::string::npos && out.digits_.find_last_not_of('0') - first >= kMostDigits) throw overflow();
  out.normalize();
  return out;
}

}  // namespace orrery::dynamodb
