#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "aws/clock.hpp"
#include "aws/json.hpp"

namespace orrery::pipeline {

/// One call, as /_orrery/requests and the access log show it.
struct Record {
  aws::Millis time = 0;
  std::string request_id, account, region, service, operation;
  std::string method, path;
  std::string error_code;  ///< "" when it succeeded
  int status = 0;
  std::int64_t micros = 0;  ///< from the whole request to the answer
};

/// All of it but the time, by the names that the console and the access log have in common.
Json fields(const Record& record);

/// The last calls, newest last. Thread-safe.
class RequestLog {
 public:
  explicit RequestLog(std::size_t capacity = 1000) : capacity_(capacity) {}
  void add(Record record);
  std::vector<Record> list() const;
  std::uint64_t total() const;
  void clear();

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<Record> records_;
  std::uint64_t total_ = 0;
};

/// Input members that a client sent and no handler read: (service, operation, path) with how often. Thread-safe.
class Coverage {
 public:
  struct Entry {
    std::string service, operation, member;
    std::uint64_t count;
  };
  void add(std::string_view service, std::string_view operation, const std::vector<std::string>& members);
  std::vector<Entry> list() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::map<std::array<std::string, 3>, std::uint64_t> unread_;
};

}  // namespace orrery::pipeline
