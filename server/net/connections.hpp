#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_set>

namespace orrery::net {

/// A connection as the sweep and the drain see it. close() is thread-safe: it posts to the connection's strand.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual void close() = 0;
  /// Closes it if it waits for a request, else after the answer it is giving.
  virtual void drain() = 0;

  /// Steady milliseconds after which the sweep closes the connection; 0 while the server itself works.
  std::atomic<std::int64_t> deadline{0};
};

/// All open connections. Time-outs are deadlines that one sweep a half second checks: setting one is a store into an
/// atomic, where a timer a read would cost a heap operation under a lock.
class Connections {
 public:
  void add(Connection& connection);
  /// Returns the number that is left.
  std::size_t remove(Connection& connection);
  std::size_t count() const;
  void sweep();
  void drain();
  void close();
  bool draining() const { return draining_; }

  static std::int64_t now();

 private:
  mutable std::mutex mutex_;
  std::unordered_set<Connection*> open_;
  std::atomic<bool> draining_{false};
};

}  // namespace orrery::net
