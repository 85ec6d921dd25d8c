#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

namespace orrery::storage {

/// The number of the snapshot that Store::read() has open on this thread, never the same for two; 0 outside of it.
std::uint64_t current_snapshot();

/// What a thread has read, so that what clients ask for again and again is read and parsed once a commit, not once a
/// request. For thread-local variables. At most `most` values.
template <typename Value, std::size_t most = 64>
class CommitCache {
 public:
  /// The value of `key` under `number`: current_snapshot() in a read transaction, else Store::commits(). nullptr when it
  /// is not known.
  const Value* find(std::uint64_t number, const std::string& key) {
    if (number != number_) {
      values_.clear();
      number_ = number;
    }
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }

  /// After find() has not found it.
  const Value& keep(std::string key, Value value) {
    if (values_.size() >= most) values_.clear();
    return values_.insert_or_assign(std::move(key), std::move(value)).first->second;
  }

 private:
  std::uint64_t number_ = 0;
  std::unordered_map<std::string, Value> values_;
};

}  // namespace orrery::storage
