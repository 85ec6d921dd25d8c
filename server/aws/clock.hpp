#pragma once
#include <atomic>
#include <cstdint>
#include <string>

namespace orrery::aws {

/// Milliseconds since the epoch.
using Millis = std::int64_t;

/// The injected clock: real time plus an offset that tests move (POST /_orrery/clock). Thread-safe.
class Clock {
 public:
  Millis now() const;
  /// Moves time forward (or back, for tests of expiry) by `delta` milliseconds.
  void advance(Millis delta) { offset_ += delta; }
  void reset() { offset_ = 0; }
  Millis offset() const { return offset_; }

 private:
  std::atomic<Millis> offset_{0};
};

/// Seconds since the epoch as a timestamp value: an integer when whole, else a double with milliseconds.
double seconds(Millis ms);
/// "2026-11-24T08:00:00.000Z" (always with milliseconds).
std::string iso8601_ms(Millis ms);
/// "2026-11-24T08:00:00Z".
std::string iso8601(Millis ms);
/// "20261124T080000Z" as SigV4 writes it.
std::string compact_iso8601(Millis ms);
/// "Tue, 24 Nov 2026 08:00:00 GMT".
std::string rfc822(Millis ms);
/// Parses any of ISO 8601 (with or without fraction, Z or offset, compact too), RFC 822/1123 or epoch seconds.
/// Returns false when `text` is none of them.
bool parse_timestamp(const std::string& text, Millis& out);

}  // namespace orrery::aws
