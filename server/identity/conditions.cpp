// Condition operators of policies (IAM user guide, "IAM JSON policy elements: Condition operators"):
// [ForAllValues:|ForAnyValue:]Operator[IfExists]
#include <algorithm>
#include <charconv>

#include "aws/cidr.hpp"
#include "aws/clock.hpp"
#include "http/message.hpp"
#include "identity/policy.hpp"
#include "registry/filters.hpp"

namespace orrery::identity {

namespace {

constexpr std::string_view kOperators[] = {"StringEquals",
                                           "StringNotEquals",
                                           "StringEqualsIgnoreCase",
                                           "StringNotEqualsIgnoreCase",
                                           "StringLike",
                                           "StringNotLike",
                                           "NumericEquals",
                                           "NumericNotEquals",
                                           "NumericLessThan",
                                           "NumericLessThanEquals",
                                           "NumericGreaterThan",
                                           "NumericGreaterThanEquals",
                                           "DateEquals",
                                           "DateNotEquals",
                                           "DateLessThan",
                                           "DateLessThanEquals",
                                           "DateGreaterThan",
                                           "DateGreaterThanEquals",
                                           "Bool",
                                           "BinaryEquals",
                                           "IpAddress",
                                           "NotIpAddress",
                                           "ArnEquals",
                                           "ArnLike",
                                           "ArnNotEquals",
                                           "ArnNotLike",
                                           "Null"};

struct Operator {
  std::string_view base;
  enum class Set { single, all, any } set = Set::single;
  bool if_exists = false;
};

Operator read_operator(std::string_view text) {
  Operator out;
  const auto drop_prefix = [&](std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
  };
  if (drop_prefix("ForAllValues:")) out.set = Operator::Set::all;
  if (drop_prefix("ForAnyValue:")) out.set = Operator::Set::any;
  if (text.ends_with("IfExists")) {
    out.if_exists = true;
    text.remove_suffix(8);
  }
  out.base = text;
  return out;
}

template <typename T>
bool ordered(std::string_view relation, const T& a, const T& b) {
  if (relation == "Equals") return a == b;
  if (relation == "LessThan") return a < b;
  if (relation == "LessThanEquals") return a <= b;
  if (relation == "GreaterThan") return a > b;
  return relation == "GreaterThanEquals" && a >= b;
}

bool compare_numbers(std::string_view relation, const std::string& have, const std::string& want) {
  double a = 0, b = 0;
  const auto read = [](const std::string& text, double& out) {
    return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
  };
  return read(have, a) && read(want, b) && ordered(relation, a, b);
}

bool compare_dates(std::string_view relation, const std::string& have, const std::string& want) {
  aws::Millis a = 0, b = 0;
  return aws::parse_timestamp(have, a) && aws::parse_timestamp(want, b) && ordered(relation, a, b);
}

bool ip_matches(const std::string& have, const std::string& want) {
  const auto address = aws::parse_ipv4(have);
  const auto network = aws::parse_cidr(want.find('/') == std::string::npos ? want + "/32" : want);
  return address && network && network->contains(*address);
}

/// The positive form of an operator on one pair of values.
bool pair_matches(std::string_view op, const std::string& have, const std::string& want) {
  if (op == "StringEquals" || op == "BinaryEquals") return have == want;
  if (op == "StringEqualsIgnoreCase" || op == "Bool") return http::iequals(have, want);
  if (op == "StringLike" || op == "ArnEquals" || op == "ArnLike") return wildcard_match(want, have);
  if (op == "IpAddress") return ip_matches(have, want);
  if (op.starts_with("Numeric")) return compare_numbers(op.substr(7), have, want);
  if (op.starts_with("Date")) return compare_dates(op.substr(4), have, want);
  return false;
}

/// "StringNotEquals" → "StringEquals" with `negated` set.
std::string positive(std::string_view op, bool& negated) {
  std::string out(op);
  const auto at = out.find("Not");
  negated = at != std::string::npos;
  if (negated) out.erase(at, 3);
  return out;
}

bool holds(const Condition& condition, const Question& question) {
  const Operator op = read_operator(condition.op);
  static const std::vector<std::string> none;
  const std::vector<std::string>* have = &none;
  for (const auto& [key, values] : question.context) {
    if (http::iequals(key, condition.key)) have = &values;
  }
  if (op.base == "Null")
    return std::any_of(condition.values.begin(), condition.values.end(),
                       [&](const auto& want) { return (want == "true") == have->empty(); });
  bool negated = false;
  const std::string base = positive(op.base, negated);
  if (have->empty()) return op.if_exists || negated || op.set == Operator::Set::all;
  const auto one = [&](const std::string& value) {
    const bool matches = std::any_of(condition.values.begin(), condition.values.end(),
                                     [&](const auto& want) { return pair_matches(base, value, want); });
    return matches != negated;
  };
  if (op.set == Operator::Set::any) return std::any_of(have->begin(), have->end(), one);
  return std::all_of(have->begin(), have->end(), one);
}

}  // namespace

bool known_condition_operator(std::string_view op) {
  const Operator read = read_operator(op);
  return std::find(std::begin(kOperators), std::end(kOperators), read.base) != std::end(kOperators);
}

bool conditions_hold(const std::vector<Condition>& conditions, const Question& question) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const Condition& condition) { return holds(condition, question); });
}

}  // namespace orrery::identity
