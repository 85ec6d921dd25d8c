#include "services/elasticache/windows.hpp"

#include <functional>
#include <optional>
#include <string_view>

#include "services/elasticache/errors.hpp"
#include "services/elasticache/names.hpp"

namespace orrery::elasticache {

namespace {

constexpr int kHour = 60, kDay = 24 * kHour, kWeek = 7 * kDay;
constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

struct Window {
  int begin, minutes;
};

std::optional<int> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t at : {0, 1, 3, 4})
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
  const int hours = (text[0] - '0') * 10 + text[1] - '0', minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (hours > 23 || minutes > 59) return std::nullopt;
  return hours * kHour + minutes;
}

std::optional<int> time_of_week(std::string_view text) {
  const auto time = text.size() == 9 && text[3] == ':' ? time_of_day(text.substr(4)) : std::nullopt;
  for (int day = 0; time && day < 7; ++day)
    if (kDays[day] == text.substr(0, 3)) return day * kDay + *time;
  return std::nullopt;
}

Window daily(const std::string& text) {
  const auto begin = time_of_day(std::string_view(text).substr(0, 5));
  const auto end = text.size() == 11 && text[5] == '-' ? time_of_day(std::string_view(text).substr(6)) : std::nullopt;
  if (!begin || !end)
    throw invalid_parameter_value("Invalid snapshot window format: " + text +
                                  ". Should be specified as a range hh24:mi-hh24:mi (24H Clock UTC).");
  const Window window{*begin, (*end - *begin + kDay) % kDay};
  if (window.minutes < kHour) throw invalid_parameter_value("The snapshot window must be at least 60 minutes.");
  return window;
}

Window weekly(const std::string& text) {
  const auto begin = time_of_week(std::string_view(text).substr(0, 9));
  const auto end = text.size() == 19 && text[9] == '-' ? time_of_week(std::string_view(text).substr(10)) : std::nullopt;
  if (!begin || !end)
    throw invalid_parameter_value("Invalid maintenance window format: " + text +
                                  ". Should be specified as a range ddd:hh24:mi-ddd:hh24:mi (24H Clock UTC).");
  const Window window{*begin, (*end - *begin + kWeek) % kWeek};
  if (window.minutes < kHour) throw invalid_parameter_value("The maintenance window must be at least 60 minutes.");
  return window;
}

bool overlap(const Window& snapshot, const Window& maintenance) {
  for (int day = -1; day <= 7; ++day)
    for (const int shift : {-kWeek, 0, kWeek}) {
      const int begin = snapshot.begin + day * kDay, other = maintenance.begin + shift;
      if (begin < other + maintenance.minutes && other < begin + snapshot.minutes) return true;
    }
  return false;
}

std::string clock(int minute) {
  const int hours = minute % kDay / kHour, minutes = minute % kHour;
  return std::string(hours < 10 ? "0" : "") + std::to_string(hours) + (minutes < 10 ? ":0" : ":") +
         std::to_string(minutes);
}

std::string week_clock(int minute) {
  minute %= kWeek;
  return std::string(kDays[minute / kDay]) + ":" + clock(minute);
}

}  // namespace

Windows settle_windows(std::string snapshot, std::string maintenance, const std::string& seed) {
  maintenance = lower(maintenance);
  const int hash = static_cast<int>(std::hash<std::string>{}(seed) % (kWeek / 30));
  std::optional<Window> every_day, every_week;
  if (!snapshot.empty()) every_day = daily(snapshot);
  if (!maintenance.empty()) every_week = weekly(maintenance);
  for (int slot = 0; !every_day; ++slot) {
    const Window candidate{(hash + slot) * 30 % kDay, kHour};
    if (every_week && slot < 48 && overlap(candidate, *every_week)) continue;
    every_day = candidate;
    snapshot = clock(candidate.begin) + "-" + clock(candidate.begin + kHour);
  }
  for (int slot = 0; !every_week; ++slot) {
    const Window candidate{(hash * 7 + slot) * 30 % kWeek, kHour};
    if (slot < 336 && overlap(*every_day, candidate)) continue;
    every_week = candidate;
    maintenance = week_clock(candidate.begin) + "-" + week_clock(candidate.begin + kHour);
  }
  if (overlap(*every_day, *every_week))
    throw invalid_parameter_value("The snapshot window and maintenance window must not overlap.");
  return {snapshot, maintenance};
}

}  // namespace orrery::elasticache
