#include "wire/form.hpp"

#include <algorithm>
#include <charconv>

#include "wire/scalars.hpp"

namespace orrery::wire {

namespace {

using api::ReferenceView;
using api::ShapeView;
using api::Type;
using Pair = std::pair<std::string, std::string>;
using Pairs = std::vector<Pair>;

constexpr std::size_t kMaxIndex = 1'000'000;

/// The parameters sorted by name: all below one prefix are neighbours.
class FormReader {
 public:
  explicit FormReader(Pairs pairs) : pairs_(std::move(pairs)) { std::ranges::stable_sort(pairs_, {}, &Pair::first); }

  Json structure(const ShapeView& shape, const std::string& prefix, int depth) const;

 private:
  using Iterator = Pairs::const_iterator;
  struct Range {
    Iterator first, last;
    bool empty() const { return first == last; }
  };

  const std::string* exact(const std::string& name) const {
    const auto it = std::ranges::lower_bound(pairs_, name, {}, &Pair::first);
    return it != pairs_.end() && it->first == name ? &it->second : nullptr;
  }
  /// What begins with `name` and a dot.
  Range below(const std::string& name) const {
    return {std::ranges::lower_bound(pairs_, name + '.', {}, &Pair::first),
            std::ranges::lower_bound(pairs_, name + '/', {}, &Pair::first)};  // '/' follows '.'
  }
  bool value(const ReferenceView& reference, const std::string& name, int depth, Json& out) const;
  bool list(const ReferenceView& reference, const std::string& name, int depth, Json& out) const;
  bool map(const ReferenceView& reference, const std::string& name, int depth, Json& out) const;
  std::vector<std::string> items(const std::string& name, std::string_view element) const;

  Pairs pairs_;
};

/// The names of the items of a list or map, in the order of their numbers: name.1, or name.<word>.1.
std::vector<std::string> FormReader::items(const std::string& name, std::string_view element) const {
  std::vector<std::pair<std::size_t, std::string>> found;
  const auto range = below(name);
  for (auto it = range.first; it != range.last; ++it) {
    std::string_view rest = std::string_view(it->first).substr(name.size() + 1);
    std::string prefix = name + '.';
    const auto word = rest.substr(0, rest.find('.'));
    if (word == element || word == "member" || word == "entry") {
      if (word.size() == rest.size()) continue;
      prefix += word;
      prefix += '.';
      rest.remove_prefix(word.size() + 1);
    }
    const auto digits = rest.substr(0, rest.find('.'));
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || number > kMaxIndex) {
      throw Malformed{Malformed::Kind::value, "Unexpected list element in " + name};
    }
    prefix += digits;
    if (found.empty() || found.back().second != prefix) found.emplace_back(number, std::move(prefix));
  }
  std::ranges::sort(found);
  std::vector<std::string> out;
  for (auto& [number, prefix] : found) {
    if (out.empty() || out.back() != prefix) out.push_back(std::move(prefix));
  }
  return out;
}

bool FormReader::list(const ReferenceView& reference, const std::string& name, int depth, Json& out) const {
  const auto element = reference.shape().element();
  const auto names = items(name, element.wire_name());
  // botocore writes an empty list as the bare name.
  if (names.empty() && !exact(name)) return false;
  out = Json::array();
  for (const auto& item : names) {
    Json one;
    if (value(element, item, depth + 1, one)) out.push_back(std::move(one));
  }
  return true;
}

bool FormReader::map(const ReferenceView& reference, const std::string& name, int depth, Json& out) const {
  const auto key = reference.shape().key();
  const auto content = reference.shape().value();
  const auto names = items(name, "entry");
  if (names.empty() && !exact(name)) return false;
  out = Json::object();
  for (const auto& item : names) {
    const auto* text = exact(item + '.' + std::string(key.wire_name()));
    Json one;
    if (text && value(content, item + '.' + std::string(content.wire_name()), depth + 1, one)) {
      out[scalar_from_text(key, *text).get<std::string>()] = std::move(one);
    }
  }
  return true;
}

bool FormReader::value(const ReferenceView& reference, const std::string& name, int depth, Json& out) const {
  if (depth > kMaxDepth) throw Malformed{Malformed::Kind::syntax, "The request is nested too deeply"};
  switch (reference.type()) {
    case Type::structure:
      if (below(name).empty()) return false;
      out = structure(reference.shape(), name + '.', depth + 1);
      return true;
    case Type::list:
      return list(reference, name, depth, out);
    case Type::map:
      return map(reference, name, depth, out);
    default: {
      const auto* text = exact(name);
      if (!text) return false;
      out = scalar_from_text(reference, *text);
      return true;
    }
  }
}

Json FormReader::structure(const ShapeView& shape, const std::string& prefix, int depth) const {
  Json out = Json::object();
  std::string name;
  for (std::size_t n = 0; n < shape.members(); ++n) {
    const auto member = shape.member(n);
    name = prefix;
    const bool list_name = member.type() == Type::list && member.flattened() && member.shape().element().renamed();
    name += list_name ? member.shape().element().wire_name() : member.query_name();
    const auto at = std::ranges::lower_bound(pairs_, name, {}, &Pair::first);
    if (at == pairs_.end() || !at->first.starts_with(name)) continue;
    Json one;
    if (value(member, name, depth, one)) out[std::string(member.name())] = std::move(one);
  }
  return out;
}

std::string_view form_text(const http::Request& request) {
  return request.body.empty() ? std::string_view(request.query) : std::string_view(request.body);
}

}  // namespace

std::string form_parameter(const http::Request& request, std::string_view name) {
  std::string_view text = form_text(request);
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto part = text.substr(0, end);
    if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=') {
      return http::percent_decode(part.substr(name.size() + 1), http::Plus::space);
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return "";
}

Json read_form(const ShapeView& shape, const http::Request& request) {
  Pairs pairs = http::parse_query(form_text(request));
  return FormReader(std::move(pairs)).structure(shape, "", 0);
}

}  // namespace orrery::wire
