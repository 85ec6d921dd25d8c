#include "aws/ids.hpp"
#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

// The sets that GetRandomPassword draws from (API reference, "ExcludePunctuation" and its neighbours).
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz", kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           kDigits = "0123456789", kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

std::string without(std::string_view set, const std::string& excluded) {
  std::string out;
  for (const char c : set) {
    if (excluded.find(c) == std::string::npos) out.push_back(c);
  }
  return out;
}

/// An unbiased number below `bound` (at most 2^24).
std::size_t random_below(std::size_t bound) {
  const std::size_t limit = (std::size_t{1} << 32) / bound * bound;
  for (;;) {
    std::size_t value = 0;
    for (const char c : aws::random_bytes(4)) value = value << 8 | static_cast<unsigned char>(c);
    if (value < limit) return value % bound;
  }
}

void shuffle(std::string& text) {
  for (std::size_t i = text.size(); i > 1; --i) std::swap(text[i - 1], text[random_below(i)]);
}

std::vector<std::string> included_sets(const Input& input) {
  const std::string excluded = input.str("ExcludeCharacters");
  std::vector<std::string> sets;
  const auto include = [&](bool wanted, std::string_view set) {
    if (std::string left = without(set, excluded); wanted && !left.empty()) sets.push_back(std::move(left));
  };
  include(!input.flag("ExcludeLowercase"), kLower);
  include(!input.flag("ExcludeUppercase"), kUpper);
  include(!input.flag("ExcludeNumbers"), kDigits);
  include(!input.flag("ExcludePunctuation"), kPunctuation);
  include(input.flag("IncludeSpace"), " ");
  return sets;
}

}  // namespace

Json get_random_password(RequestContext&, const Input& input) {
  const auto length = static_cast<std::size_t>(input.integer("PasswordLength", 32));
  const bool each = input.flag("RequireEachIncludedType", true);
  const auto sets = included_sets(input);
  if (sets.empty()) throw errors::invalid_parameter("No characters are left to generate a password from.");
  if (each && length < sets.size()) {
    throw errors::invalid_parameter("Password length is too short based on the required types.");
  }
  std::string all, password;
  for (const std::string& set : sets) {
    all += set;
    if (each) password.push_back(set[random_below(set.size())]);
  }
  while (password.size() < length) password.push_back(all[random_below(all.size())]);
  shuffle(password);
  return {{"RandomPassword", password}};
}

}  // namespace orrery::secretsmanager
