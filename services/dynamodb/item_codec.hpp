#pragma once
#include <string>
#include <string_view>

#include "aws/json.hpp"

namespace orrery::dynamodb {

/// An item as stored bytes. item := count (name value)*; value := tag body, where the tag is the type's letter and the
/// body a length-prefixed string (S, N, B), a count and elements (SS, NS, BS, L), a count and name/value pairs (M), or
/// nothing (true, false, null). Counts and lengths are base-128 varints, names length-prefixed.
std::string encode_item(const Json& item);

/// The item again. Throws std::runtime_error on bytes that encode_item did not write.
Json decode_item(std::string_view bytes);

/// An item as it lies in the store, for what needs no tree of it. Valid as long as its bytes.
class StoredItem {
 public:
  explicit StoredItem(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes() const { return bytes_; }
  operator Json() const { return decode_item(bytes_); }

  /// item_size() of it.
  std::size_t size() const;
  /// Appends it as the JSON protocol has it: {"name":{"S":"text"},…}.
  void append_json(std::string& out) const;

 private:
  std::string_view bytes_;
};

}  // namespace orrery::dynamodb
