#pragma once
#include <string>
#include <string_view>

#include "api/api.hpp"
#include "aws/json.hpp"
#include "aws/json_text.hpp"

// Scalars as text, the way XML, query strings and headers carry them. All functions are pure.
namespace orrery::wire {

inline constexpr int kMaxDepth = 100;

/// What a reader throws inside this library; read() gives it the protocol's own error code.
struct Malformed {
  enum class Kind { syntax, value };
  Kind kind = Kind::syntax;
  std::string message;
};

using aws::valid_utf8;
/// UTF-8 of a text in ISO-8859-1.
std::string from_latin1(std::string_view text);

/// A scalar of `reference`'s type from text. `standard` is the time format where the table says none. Throws Malformed.
Json scalar_from_text(const api::ReferenceView& reference, std::string_view text);

/// Appends a scalar as text, not escaped for any syntax. Throws std::logic_error on a value of the wrong type.
void append_scalar(std::string& out, const api::ReferenceView& reference, const Json& value, api::TimeFormat standard);

/// A timestamp value from text in any of AWS's formats: an integer when whole, else a double. Throws Malformed.
Json timestamp_from_text(std::string_view text);

void append_timestamp(std::string& out, const Json& value, api::TimeFormat format);
void append_integer(std::string& out, const Json& value, std::string_view name);
/// Finite numbers in the shortest form that reads back; NaN, Infinity and -Infinity as those words.
void append_double(std::string& out, double value);

/// Calls f(reference, value) for each member of `object` that is not null. Both sides are sorted by name, so one walk
/// finds every member. Throws std::logic_error for one that the table does not have.
template <typename F>
void each_member(const api::ShapeView& shape, const Json& object, F f);

/// Whether an output's member is in the body: what only requests have places for, answers put there.
inline bool in_body(const api::ReferenceView& member) {
  return member.location() != api::Location::header && member.location() != api::Location::headers &&
         member.location() != api::Location::status_code;
}

[[noreturn]] void unknown_member(const api::ShapeView& shape, std::string_view name);
[[noreturn]] void wrong_type(const api::ReferenceView& reference, const Json& value);

template <typename F>
void each_member(const api::ShapeView& shape, const Json& object, F f) {
  const auto& members = object.get_ref<const Json::object_t&>();
  std::size_t n = 0;
  for (const auto& [name, value] : members) {
    while (n < shape.members() && shape.member(n).name() < name) ++n;
    if (n == shape.members() || shape.member(n).name() != name) unknown_member(shape, name);
    if (!value.is_null()) f(shape.member(n), value);
  }
}

}  // namespace orrery::wire
