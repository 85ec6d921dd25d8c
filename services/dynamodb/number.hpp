#pragma once
#include <compare>
#include <string>
#include <string_view>

namespace orrery::dynamodb {

inline bool digit(char c) { return c >= '0' && c <= '9'; }

/// A DynamoDB number: up to 38 significant digits, magnitude 1E-130 to 9.99…E+125, or zero. Exact.
class Number {
 public:
  Number() = default;
  /// Parses DynamoDB's number text: sign, digits, point, exponent. Throws the service's ValidationException.
  static Number parse(std::string_view text);

  /// The normal form that the service gives back: plain digits, no exponent, no superfluous zero.
  std::string text() const;
  /// Bytes that order (memcmp) as the numbers do.
  std::string key_bytes() const;
  /// Bytes that the number counts for in an item's size: two digits a byte, plus sign and exponent.
  std::size_t size() const;
  /// The value as a non-negative index or count; -1 where it is none.
  long long integer() const;

  Number operator-() const;
  /// Sums throw when the result leaves the range or has more than 38 digits; the service calls both an overflow.
  friend Number operator+(const Number& a, const Number& b);
  friend Number operator-(const Number& a, const Number& b) { return a + -b; }
  friend std::strong_ordering operator<=>(const Number& a, const Number& b);
  friend bool operator==(const Number& a, const Number& b) { return (a <=> b) == 0; }

 private:
  // The value is 0.DIGITS × 10^exponent_. digits_ begins and ends with a digit other than zero; empty means zero.
  void normalize();

  bool negative_ = false;
  int exponent_ = 0;
  std::string digits_;
};

}  // namespace orrery::dynamodb
