#include "services/rds/windows.hpp"

#include <array>
#include <functional>
#include <optional>
#include <string_view>

#include "services/rds/errors.hpp"
#include "services/rds/names.hpp"

namespace orrery::rds {

namespace {

constexpr int kMinutesOfDay = 24 * 60, kWeek = 7 * kMinutesOfDay;
constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr aws::Millis kMillisOfMinute = 60 * 1000,
                      kFirstMonday = aws::Millis{4} * kMinutesOfDay * kMillisOfMinute;  // 1970-01-05
// us-east-1's eight-hour block (RDS user guide, "Backup window", "Adjusting the preferred DB instance maintenance
// window").
constexpr int kBlockBegin = 3 * 60, kBlockSlots = 16;

std::optional<int> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const int at : {0, 1, 3, 4})
    if (text[static_cast<std::size_t>(at)] < '0' || text[static_cast<std::size_t>(at)] > '9') return std::nullopt;
  const int hours = (text[0] - '0') * 10 + text[1] - '0', minutes = (text[3] - '0') * 10 + text[4] - '0';
  if (hours > 23 || minutes > 59) return std::nullopt;
  return hours * 60 + minutes;
}

std::optional<int> time_of_week(std::string_view text) {
  if (text.size() != 9 || text[3] != ':') return std::nullopt;
  const std::string day = lower(std::string(text.substr(0, 3)));
  const auto time = time_of_day(text.substr(4));
  for (std::size_t i = 0; i < kDays.size() && time; ++i)
    if (kDays[i] == day) return static_cast<int>(i) * kMinutesOfDay + *time;
  return std::nullopt;
}

std::string two(int n) { return (n < 10 ? "0" : "") + std::to_string(n); }
std::string clock_text(int minute) { return two(minute % kMinutesOfDay / 60) + ":" + two(minute % 60); }
std::string week_text(int minute) {
  minute %= kWeek;
  return std::string(kDays[static_cast<std::size_t>(minute / kMinutesOfDay)]) + ":" + clock_text(minute);
}

}  // namespace

Window parse_backup_window(const std::string& text) {
  const auto begin = time_of_day(std::string_view(text).substr(0, 5));
  const auto end = text.size() == 11 && text[5] == '-' ? time_of_day(std::string_view(text).substr(6)) : std::nullopt;
  if (!begin || !end)
    throw invalid_parameter_value(
        "Invalid backup window format: " + text +
        ". Should be specified as a range hh24:mi-hh24:mi (24H Clock UTC). Example: 00:00-01:00");
  const int minutes = (*end - *begin + kMinutesOfDay) % kMinutesOfDay;
  if (minutes < 30) throw invalid_parameter_value("The backup window must be at least 30 minutes.");
  return {*begin, minutes};
}

Window parse_maintenance_window(const std::string& text) {
  const auto begin = time_of_week(std::string_view(text).substr(0, 9));
  const auto end = text.size() == 19 && text[9] == '-' ? time_of_week(std::string_view(text).substr(10)) : std::nullopt;
  if (!begin || !end)
    throw invalid_parameter_value("Invalid maintenance window format: " + text +
                                  ". Should be specified as a range ddd:hh24:mi-ddd:hh24:mi (24H Clock UTC). Example: "
                                  "Sun:23:45-Mon:00:15");
  const int minutes = (*end - *begin + kWeek) % kWeek;
  if (minutes < 30) throw invalid_parameter_value("The maintenance window must be at least 30 minutes.");
  if (minutes >= kMinutesOfDay) throw invalid_parameter_value("Maintenance window must be less than 24 hours.");
  return {*begin, minutes};
}

bool overlap(const Window& backup, const Window& maintenance) {
  for (int day = -1; day <= 7; ++day) {
    const int begin = backup.begin + day * kMinutesOfDay;
    for (const int shift : {-kWeek, 0, kWeek}) {
      const int other = maintenance.begin + shift;
      if (begin < other + maintenance.minutes && other < begin + backup.minutes) return true;
    }
  }
  return false;
}

Windows settle_windows(std::string backup, std::string maintenance, const std::string& seed) {
  maintenance = lower(maintenance);
  const std::size_t hash = std::hash<std::string>{}(seed);
  std::optional<Window> daily, weekly;
  if (!backup.empty()) daily = parse_backup_window(backup);
  if (!maintenance.empty()) weekly = parse_maintenance_window(maintenance);
  for (int slot = 0; !daily; ++slot) {
    const int pick = (static_cast<int>(hash % kBlockSlots) + slot) % kBlockSlots;
    const Window candidate{kBlockBegin + pick * 30, 30};
    if (weekly && overlap(candidate, *weekly) && slot < kBlockSlots) continue;
    daily = candidate;
    backup = clock_text(candidate.begin) + "-" + clock_text(candidate.begin + 30);
  }
  for (int slot = 0; !weekly; ++slot) {
    const int pick = (static_cast<int>(hash / kBlockSlots % kBlockSlots) + slot) % kBlockSlots;
    const Window candidate{static_cast<int>(hash / 256 % 7) * kMinutesOfDay + kBlockBegin + pick * 30, 30};
    if (overlap(*daily, candidate) && slot < kBlockSlots) continue;
    weekly = candidate;
    maintenance = week_text(candidate.begin) + "-" + week_text(candidate.begin + 30);
  }
  if (overlap(*daily, *weekly))
    throw invalid_parameter_value("The backup window and maintenance window must not overlap.");
  return {backup, maintenance};
}

aws::Millis next_maintenance(const std::string& window, aws::Millis from) {
  const Window weekly = parse_maintenance_window(window);
  const aws::Millis into = (from - kFirstMonday - weekly.begin * kMillisOfMinute) % (kWeek * kMillisOfMinute);
  if (into < weekly.minutes * kMillisOfMinute) return from;
  return from - into + kWeek * kMillisOfMinute;
}

aws::Millis next_backup(const std::string& window, aws::Millis after) {
  const aws::Millis into =
      (after - parse_backup_window(window).begin * kMillisOfMinute) % (kMinutesOfDay * kMillisOfMinute);
  return after - into + kMinutesOfDay * kMillisOfMinute;
}

}  // namespace orrery::rds
