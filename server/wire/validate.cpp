#include "wire/codec.hpp"
#include "wire/patterns.hpp"
#include "wire/scalars.hpp"

namespace orrery::wire {

namespace {

using api::ConstraintView;
using api::Protocol;
using api::ReferenceView;
using api::ShapeView;
using api::Type;

constexpr std::size_t kMaxViolations = 20;

std::string number_text(double value) {
  std::string out;
  append_double(out, value);
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out;
}

/// Java counts UTF-16 units.
double length_of(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return static_cast<double>(units);
}

/// Whether something at or below the shape can be violated.
bool constrained(const ShapeView& shape, std::set<const void*>& seen) {
  if (!seen.insert(shape.identity()).second) return false;
  if (shape.constraint()) return true;
  for (std::size_t n = 0; n < shape.members(); ++n) {
    if (shape.member(n).required() || constrained(shape.member(n).shape(), seen)) return true;
  }
  return false;
}

bool constrained(const ShapeView& shape) {
  thread_local std::unordered_map<const void*, bool> known;
  const auto [found, added] = known.try_emplace(shape.identity(), false);
  if (!added) return found->second;
  std::set<const void*> seen;
  const bool answer = constrained(shape, seen);
  return known[shape.identity()] = answer;
}

/// A way into the input, put into words for violations only: "first.number.last" below what is above.
struct Path {
  const Path* above = nullptr;
  std::string_view first = {};
  std::size_t number = 0;
  std::string_view last = {};

  std::string text() const {
    std::string out = above ? above->text() : "";
    const auto add = [&](std::string_view part) {
      if (!out.empty() && !part.empty()) out += '.';
      out += part;
    };
    add(first);
    if (number > 0) add(std::to_string(number));
    add(last);
    return out;
  }
};

class Validator {
 public:
  explicit Validator(const api::ServiceView& service) : protocol_(service.protocol()) {
    coral_ = (protocol_ != Protocol::query && protocol_ != Protocol::ec2) || service.coral_validation();
  }

  void structure(const ShapeView& shape, const Json& value, const Path* path, int depth) {
    if (depth > kMaxDepth) return;
    // Both sides are sorted by name.
    const auto& given = value.get_ref<const Json::object_t&>();
    auto it = given.begin();
    for (std::size_t n = 0; n < shape.members() && out_.size() < kMaxViolations; ++n) {
      const auto member = shape.member(n);
      while (it != given.end() && it->first < member.name()) ++it;
      const Path place{path, named(member)};
      if (it == given.end() || it->first != member.name() || it->second.is_null()) {
        if (member.required() && !member.streaming())
          add(Violation::Kind::missing, member, place, nullptr, "Member must not be null");
        continue;
      }
      this->value(member, it->second, place, depth + 1);
    }
  }

  std::vector<Violation> take() { return std::move(out_); }

 private:
  std::string_view named(const ReferenceView& member) const {
    return protocol_ == Protocol::ec2 ? member.query_name() : coral_ ? member.name() : member.query_name();
  }

  void add(Violation::Kind kind, const ReferenceView& member, const Path& path, const Json& value,
           std::string constraint) {
    out_.push_back({kind, path.text(), std::string(member.name()), value, std::move(constraint)});
  }

  void value(const ReferenceView& reference, const Json& value, const Path& path, int depth) {
    const auto shape = reference.shape();
    if (!constrained(shape)) return;
    const auto constraint = shape.constraint();
    if (constraint) check(reference, *constraint, value, path);
    switch (shape.type()) {
      case Type::structure:
        structure(shape, value, &path, depth);
        return;
      case Type::list:
        list(reference, value, path, depth);
        return;
      case Type::map:
        for (const auto& [name, one] : value.items()) {
          if (const auto key = shape.key().shape().constraint()) check(shape.key(), *key, name, {&path, "key"});
          this->value(shape.value(), one, {&path, name, 0, coral_ ? "member" : ""}, depth + 1);
        }
        return;
      default:
        return;
    }
  }

  void list(const ReferenceView& reference, const Json& value, const Path& path, int depth) {
    std::size_t number = 0;
    const auto element = reference.shape().element();
    const bool plain = element.type() != Type::structure && !element.shape().constraint() &&
                       element.type() != Type::list && element.type() != Type::map;
    if (plain) return;
    for (const auto& one : value) {
      const bool flat = coral_ || protocol_ == Protocol::ec2 || reference.flattened();
      const Path item{&path, flat ? std::string_view() : element.wire_name(), ++number, coral_ ? "member" : ""};
      this->value(element, one, item, depth + 1);
      if (out_.size() >= kMaxViolations) return;
    }
  }

  void check(const ReferenceView& reference, const ConstraintView& constraint, const Json& value, const Path& path) {
    switch (reference.type()) {
      case Type::string:
        text(reference, constraint, value, path);
        return;
      case Type::blob:
        length(reference, constraint, value, path, static_cast<double>(value.get_ref<const std::string&>().size()));
        return;
      case Type::list:
      case Type::map:
        length(reference, constraint, value, path, static_cast<double>(value.size()));
        return;
      case Type::integer:
      case Type::long_integer:
      case Type::floating:
        range(reference, constraint, value, path);
        return;
      default:
        return;
    }
  }

  void text(const ReferenceView& reference, const ConstraintView& constraint, const Json& value, const Path& path) {
    const auto& content = value.get_ref<const std::string&>();
    if (constraint.values() > 0) {
      std::string all;
      for (std::size_t n = 0; n < constraint.values(); ++n) {
        if (constraint.value(n) == content) return;
        if (n > 0) all += ", ";
        all += constraint.value(n);
      }
      add(Violation::Kind::enumeration, reference, path, value, "Member must satisfy enum value set: [" + all + "]");
      return;
    }
    length(reference, constraint, value, path, length_of(content));
    const bool smithy = protocol_ == Protocol::rest_json || protocol_ == Protocol::rest_xml;
    if (!constraint.pattern().empty() &&
        !matches_pattern(constraint.pattern(), content, smithy ? Anchoring::search : Anchoring::whole)) {
      add(Violation::Kind::pattern, reference, path, value,
          "Member must satisfy regular expression pattern: " + std::string(constraint.pattern()));
    }
  }

  void length(const ReferenceView& reference, const ConstraintView& constraint, const Json& value, const Path& path,
              double length) {
    if (constraint.min() && length < *constraint.min()) {
      add(Violation::Kind::length, reference, path, value,
          "Member must have length greater than or equal to " + number_text(*constraint.min()));
    } else if (constraint.max() && length > *constraint.max()) {
      add(Violation::Kind::length, reference, path, value,
          "Member must have length less than or equal to " + number_text(*constraint.max()));
    }
  }

  void range(const ReferenceView& reference, const ConstraintView& constraint, const Json& value, const Path& path) {
    const double number = value.get<double>();
    if (constraint.min() && number < *constraint.min()) {
      add(Violation::Kind::range, reference, path, value,
          "Member must have value greater than or equal to " + number_text(*constraint.min()));
    } else if (constraint.max() && number > *constraint.max()) {
      add(Violation::Kind::range, reference, path, value,
          "Member must have value less than or equal to " + number_text(*constraint.max()));
    }
  }

  Protocol protocol_;
  bool coral_;
  std::vector<Violation> out_;
};

}  // namespace

std::vector<Violation> validate(const api::OperationView& operation, const Json& input) {
  const auto shape = operation.input();
  if (!shape) return {};
  Validator validator(operation.service());
  validator.structure(*shape, input, nullptr, 0);
  return validator.take();
}

}  // namespace orrery::wire
