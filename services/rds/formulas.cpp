#include "services/rds/formulas.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace orrery::rds {

namespace {

struct Malformed {};

class Formula {
 public:
  Formula(std::string_view text, const Variables& variables) : text_(text), variables_(variables) {}

  double value() {
    const double result = product();
    if (!peek().empty()) throw Malformed{};
    return result;
  }

 private:
  std::string_view peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return text_.substr(at_, at_ < text_.size() ? 1 : 0);
  }

  bool take(char wanted) {
    if (peek().empty() || peek().front() != wanted) return false;
    ++at_;
    return true;
  }

  void need(char wanted) {
    if (!take(wanted)) throw Malformed{};
  }

  double product() {
    double result = factor();
    while (true) {
      if (take('*')) {
        result *= factor();
      } else if (take('/')) {
        const double by = factor();
        if (by == 0) throw Malformed{};
        result /= by;
      } else {
        return result;
      }
    }
  }

  double factor() {
    // Formulas come from clients; nesting costs stack.
    if (++depth_ > 32) throw Malformed{};
    const double result = plain_factor();
    --depth_;
    return result;
  }

  double plain_factor() {
    for (const auto& [open, close] : {std::pair{'{', '}'}, {'(', ')'}}) {
      if (!take(open)) continue;
      const double result = product();
      need(close);
      return result;
    }
    const std::string_view next = peek();
    if (next.empty()) throw Malformed{};
    const char c = next.front();
    if (c == '-' || c == '.' || (c >= '0' && c <= '9')) return number();
    return named();
  }

  double number() {
    double result = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), result);
    if (error != std::errc()) throw Malformed{};
    at_ = static_cast<std::size_t>(end - text_.data());
    return result;
  }

  double named() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && ((text_[at_] >= 'a' && text_[at_] <= 'z') || (text_[at_] >= 'A' && text_[at_] <= 'Z')))
      ++at_;
    std::string name(text_.substr(begin, at_ - begin));
    if (name == "DBInstanceClassMemory") return static_cast<double>(variables_.class_memory);
    if (name == "AllocatedStorage") return static_cast<double>(variables_.allocated_storage);
    if (name == "EndPointPort") return static_cast<double>(variables_.port);
    if (name == "TrueIfReplica") return variables_.replica ? 1 : 0;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return function(name, arguments());
  }

  std::vector<double> arguments() {
    need('(');
    std::vector<double> out{product()};
    while (take(',')) out.push_back(product());
    need(')');
    return out;
  }

  static double function(std::string_view name, const std::vector<double>& arguments) {
    if (name == "least") return *std::min_element(arguments.begin(), arguments.end());
    if (name == "greatest") return *std::max_element(arguments.begin(), arguments.end());
    if (name == "sum") {
      double total = 0;
      for (const double argument : arguments) total += argument;
      return total;
    }
    // "log returns the log base 2 of the specified value."
    if (name == "log" && arguments.size() == 1 && arguments.front() > 0) return std::log2(arguments.front());
    throw Malformed{};
  }

  std::string_view text_;
  const Variables& variables_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

constexpr std::int64_t kGib = std::int64_t{1} << 30;

/// The number before "xlarge", 1 for none; 0 for another size.
std::int64_t xlarges(std::string_view size) {
  const auto word = size.find("xlarge");
  if (word == std::string_view::npos || word + 6 != size.size()) return 0;
  if (word == 0) return 1;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + word, count);
  return error == std::errc() && end == size.data() + word ? count : 0;
}

/// Memory of a vCPU in GiB by the family's letters (RDS user guide, "Hardware specifications for DB instance classes").
std::int64_t gib_per_vcpu(std::string_view family) {
  if (family.starts_with("x2g")) return 16;
  if (family.starts_with("x2ied") || family.starts_with("x2iez") || family.starts_with("x1e")) return 32;
  if (family.starts_with('x')) return 16;
  if (family.starts_with('r') || family.starts_with('z')) return 8;
  if (family.starts_with('c')) return 2;
  return 4;
}

}  // namespace

std::optional<std::string> evaluate(std::string_view formula, const Variables& variables) {
  if (formula.find('{') == std::string_view::npos) return std::string(formula);
  try {
    // "Decimal values that result are truncated, not rounded."
    const double value = std::trunc(Formula(formula, variables).value());
    if (!(std::abs(value) < 9e18)) return std::nullopt;
    return std::to_string(static_cast<std::int64_t>(value));
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

std::int64_t memory_of_class(std::string_view instance_class) {
  if (!instance_class.starts_with("db.")) return 0;
  instance_class.remove_prefix(3);
  const auto dot = instance_class.find('.');
  if (dot == std::string_view::npos) return 0;
  const std::string_view family = instance_class.substr(0, dot), size = instance_class.substr(dot + 1);
  if (family.starts_with('t')) {
    if (size == "micro") return kGib;
    if (size == "small") return 2 * kGib;
    if (size == "medium") return 4 * kGib;
    if (size == "large") return 8 * kGib;
    return 16 * xlarges(size) * kGib;
  }
  const std::int64_t vcpus = size == "medium" ? 1 : size == "large" ? 2 : 4 * xlarges(size);
  return vcpus * gib_per_vcpu(family) * kGib;
}

}  // namespace orrery::rds
