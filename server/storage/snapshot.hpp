#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

namespace orrery::storage {

/// Tells states of the configuration apart: resources, tags, credentials, buckets and the like, which are read by
/// nearly every request and change seldom, as against items and objects. Inside Store::read() it is the snapshot's,
/// never the same for two states or two stores; inside a write it is the writer's, which sees what it has written; else
/// 0.
std::uint64_t configuration();

/// Called in a write transaction by whoever changes a table that is cached under configuration().
void configuration_changed();

/// What a thread has read of the configuration, so that it is read and parsed once a change, not once a request. For
/// thread-local variables. At most `most` values.
template <typename Value, std::size_t most = 64>
class ConfigurationCache {
 public:
  /// The value of `key`, from `load` where it is not known. Valid until the next call.
  template <typename Load>
  const Value& get(std::string key, const Load& load) {
    const std::uint64_t number = configuration();
    if (number != number_ || number == 0) {
      values_.clear();
      number_ = number;
    }
    if (const auto found = values_.find(key); found != values_.end()) return found->second;
    Value value = load();
    if (number_ != configuration() || values_.size() >= most) values_.clear();  // load() may have changed things itself
    number_ = configuration();
    return values_.insert_or_assign(std::move(key), std::move(value)).first->second;
  }

 private:
  std::uint64_t number_ = 0;
  std::unordered_map<std::string, Value> values_;
};

}  // namespace orrery::storage
