#include "pipeline/records.hpp"

namespace orrery::pipeline {

Json fields(const Record& record) {
  return {{"request_id", record.request_id},
          {"account", record.account},
          {"region", record.region},
          {"service", record.service},
          {"operation", record.operation},
          {"method", record.method},
          {"path", record.path},
          {"status", record.status},
          {"error_code", record.error_code},
          {"duration_us", record.micros}};
}

void RequestLog::add(Record record) {
  const std::lock_guard guard(mutex_);
  ++total_;
  if (records_.size() == capacity_) records_.pop_front();
  records_.push_back(std::move(record));
}

std::vector<Record> RequestLog::list() const {
  const std::lock_guard guard(mutex_);
  return {records_.begin(), records_.end()};
}

std::uint64_t RequestLog::total() const {
  const std::lock_guard guard(mutex_);
  return total_;
}

void RequestLog::clear() {
  const std::lock_guard guard(mutex_);
  records_.clear();
  total_ = 0;
}

void Coverage::add(std::string_view service, std::string_view operation, const std::vector<std::string>& members) {
  if (members.empty()) return;
  const std::lock_guard guard(mutex_);
  for (const auto& member : members) ++unread_[{std::string(service), std::string(operation), member}];
}

std::vector<Coverage::Entry> Coverage::list() const {
  const std::lock_guard guard(mutex_);
  std::vector<Entry> out;
  for (const auto& [key, count] : unread_) out.push_back({key[0], key[1], key[2], count});
  return out;
}

void Coverage::clear() {
  const std::lock_guard guard(mutex_);
  unread_.clear();
}

}  // namespace orrery::pipeline
