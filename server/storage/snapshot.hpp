#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

namespace orrery::storage {

/// The number of the snapshot that Store::read() has open on this thread, never the same for two; 0 outside of it.
std::uint64_t current_snapshot();

/// What a thread has read in its snapshot, so that a resource that clients poll is parsed once a commit, not once a
/// request. For thread-local variables; use it in read transactions alone.
template <typename Value>
class SnapshotCache {
 public:
  /// The value of `key`; nullptr when it is not known.
  const Value* find(const std::string& key) {
    if (const auto now = current_snapshot(); now != snapshot_) {
      values_.clear();
      snapshot_ = now;
    }
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  }

  /// After find() has not found it.
  const Value& keep(std::string key, Value value) {
    constexpr std::size_t kMost = 64;
    if (values_.size() >= kMost) values_.clear();
    return values_.insert_or_assign(std::move(key), std::move(value)).first->second;
  }

 private:
  std::uint64_t snapshot_ = 0;
  std::unordered_map<std::string, Value> values_;
};

}  // namespace orrery::storage
