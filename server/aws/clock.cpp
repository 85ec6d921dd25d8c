#include "aws/clock.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace orrery::aws {

namespace {

struct Civil {
  int year, month, day, hour, minute, second, ms, weekday;
};

Civil civil(Millis ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds{ms}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> time{at - day};
  return {int(date.year()),
          int(unsigned(date.month())),
          int(unsigned(date.day())),
          int(time.hours().count()),
          int(time.minutes().count()),
          int(time.seconds().count()),
          int(time.subseconds().count()),
          int(weekday{day}.c_encoding())};
}

template <typename... A>
std::string print(const char* format, A... args) {
  std::array<char, 96> buffer{};
  const int n = std::snprintf(buffer.data(), buffer.size(), format, args...);
  return {buffer.data(), static_cast<std::size_t>(n)};
}

constexpr std::array<const char*, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool to_millis(int year, int month, int day, int hour, int minute, double second, int offset_minutes, Millis& out) {
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{unsigned(month)},
                            std::chrono::day{unsigned(day)}};
  if (!date.ok() || hour > 24 || minute > 59 || second >= 61) return false;
  const auto whole = sys_days{date}.time_since_epoch().count() * 86400LL + hour * 3600LL + minute * 60LL;
  out = (whole - offset_minutes * 60LL) * 1000 + std::llround(second * 1000);
  return true;
}

bool parse_offset(const char* rest, int& minutes) {
  if (*rest == 0 || std::strcmp(rest, "Z") == 0 || std::strcmp(rest, "z") == 0) return minutes = 0, true;
  int hour = 0, minute = 0;
  if ((*rest != '+' && *rest != '-') || std::sscanf(rest + 1, "%2d:%2d", &hour, &minute) < 2) {
    if ((*rest != '+' && *rest != '-') || std::sscanf(rest + 1, "%2d%2d", &hour, &minute) < 1) return false;
  }
  minutes = (hour * 60 + minute) * (*rest == '-' ? -1 : 1);
  return true;
}

/// "20150830T123600Z", which every signed request carries. False for any other form.
bool parse_compact(std::string_view text, Millis& out) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return false;
  const auto number = [&](std::size_t at, std::size_t digits, int& value) {
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + digits, value);
    return error == std::errc() && end == text.data() + at + digits && text[at] != '-';
  };
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  return number(0, 4, year) && number(4, 2, month) && number(6, 2, day) && number(9, 2, hour) &&
         number(11, 2, minute) && number(13, 2, second) && to_millis(year, month, day, hour, minute, second, 0, out);
}

bool parse_iso(const std::string& text, Millis& out) {
  if (parse_compact(text, out)) return true;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, used = 0, offset = 0;
  double second = 0;
  for (const char* format : {"%4d-%2d-%2dT%2d:%2d:%lf%n", "%4d-%2d-%2dt%2d:%2d:%lf%n", "%4d-%2d-%2d %2d:%2d:%lf%n",
                             "%4d%2d%2dT%2d%2d%2lf%n"}) {
    used = 0;
    if (std::sscanf(text.c_str(), format, &year, &month, &day, &hour, &minute, &second, &used) == 6 && used > 0) {
      return parse_offset(text.c_str() + used, offset) &&
             to_millis(year, month, day, hour, minute, second, offset, out);
    }
  }
  used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used == int(text.size())) {
    return to_millis(year, month, day, 0, 0, 0, 0, out);
  }
  return false;
}

bool parse_rfc822(const std::string& text, Millis& out) {
  const auto comma = text.find(',');
  const char* from = text.c_str() + (comma == std::string::npos ? 0 : comma + 1);
  int day = 0, year = 0, hour = 0, minute = 0;
  double second = 0;
  std::array<char, 8> month{}, zone{};
  if (std::sscanf(from, " %d %3s %d %d:%d:%lf %7s", &day, month.data(), &year, &hour, &minute, &second, zone.data()) <
      6)
    return false;
  for (int i = 0; i < 12; ++i) {
    if (std::strcmp(month.data(), kMonths[i]) == 0) return to_millis(year, i + 1, day, hour, minute, second, 0, out);
  }
  return false;
}

}  // namespace

Millis Clock::now() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count() + offset_;
}

double seconds(Millis ms) { return static_cast<double>(ms) / 1000.0; }

std::string iso8601_ms(Millis ms) {
  const Civil c = civil(ms);
  if (c.year < 0 || c.year > 9999) {
    return print("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms);
  }
  std::string out = "0000-00-00T00:00:00.000Z";  // a listing has a thousand: snprintf costs ten times as much
  const auto put = [&out](std::size_t last, int number) {
    for (; number > 0; number /= 10, --last) out[last] = static_cast<char>('0' + number % 10);
  };
  put(3, c.year);
  put(6, c.month);
  put(9, c.day);
  put(12, c.hour);
  put(15, c.minute);
  put(18, c.second);
  put(22, c.ms);
  return out;
}

std::string iso8601(Millis ms) {
  const Civil c = civil(ms);
  return print("%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string compact_iso8601(Millis ms) {
  const Civil c = civil(ms);
  return print("%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string rfc822(Millis ms) {
  const Civil c = civil(ms);
  return print("%s, %02d %s %04d %02d:%02d:%02d GMT", kWeekdays[c.weekday], c.day, kMonths[c.month - 1], c.year, c.hour,
               c.minute, c.second);
}

bool parse_timestamp(const std::string& text, Millis& out) {
  if (text.empty()) return false;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (*end == 0 && std::isfinite(number) && std::abs(number) < 1e14) return out = std::llround(number * 1000), true;
  return parse_iso(text, out) || parse_rfc822(text, out);
}

}  // namespace orrery::aws
