#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/json.hpp"

namespace orrery {

/// Which parts of an input a handler looked at. Owned by the dispatcher; one a request.
class ReadLog {
 public:
  void opened(const Json* value) { opened_.push_back(value); }
  void whole(const Json* value) { whole_.push_back(value); }
  /// Paths ("VpcId", "Filters[].Name") of what `input` holds and nobody read, each once.
  std::vector<std::string> unread(const Json& input) const;

 private:
  void walk(const Json& value, const std::string& path, std::vector<std::string>& out) const;
  std::vector<const Json*> opened_, whole_;
};

/// A handler's view of a structure in its input. Members have the API table's names; values have been validated
/// (presence of required members, types, enums, ranges, lengths, patterns). Every getter notes what it returns as
/// read; has() does not. A member that is absent or null gives the fallback.
class Input {
 public:
  Input(const Json& value, ReadLog& log) : value_(&value), log_(&log) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }

  std::string str(std::string_view name, std::string_view fallback = "") const;
  std::optional<std::string> find_str(std::string_view name) const;
  std::int64_t integer(std::string_view name, std::int64_t fallback = 0) const;
  std::optional<std::int64_t> find_integer(std::string_view name) const;
  double number(std::string_view name, double fallback = 0) const;
  bool flag(std::string_view name, bool fallback = false) const;
  std::optional<bool> find_flag(std::string_view name) const;

  /// A nested structure; an empty one where it is absent.
  Input object(std::string_view name) const;
  std::optional<Input> find_object(std::string_view name) const;
  /// The structures of a list; empty where it is absent.
  std::vector<Input> objects(std::string_view name) const;
  std::vector<std::string> strings(std::string_view name) const;
  std::map<std::string, std::string> string_map(std::string_view name) const;

  /// A member as it is, noted as read to its last leaf; a null value where it is absent.
  const Json& json(std::string_view name) const;
  /// The whole structure, noted as read.
  const Json& all() const;
  /// Notes a member as read that has no effect here; `reason` is for the reader of the code.
  void acknowledge(std::string_view name, std::string_view reason) const;

 private:
  const Json* find(std::string_view name) const;
  const Json* read(std::string_view name) const;

  const Json* value_;
  ReadLog* log_;
};

}  // namespace orrery
