#include "storage/clock_offset.hpp"

namespace orrery::storage {

namespace {

constexpr std::string_view kClockSchema[] = {R"sql(
CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 0), offset_ms INTEGER NOT NULL);
)sql"};

}  // namespace

const Migrations ClockOffset::migrations{"clock", kClockSchema};

aws::Millis ClockOffset::get() const {
  auto rows = db_.query("SELECT offset_ms FROM clock");
  return rows.next() ? rows.integer(0) : 0;
}

void ClockOffset::set(aws::Millis offset) {
  db_.execute("INSERT OR REPLACE INTO clock (id, offset_ms) VALUES (0, ?)", offset);
}

}  // namespace orrery::storage
