#include "verify/report.hpp"

#include <iomanip>
#include <ostream>

namespace orrery::verify {

namespace {

constexpr std::array<const char*, 4> kTitles{"WHAT", "NAME", "WHERE", "RESULT"};

std::array<std::string, 4> cells(const Row& row) {
  return {row.subject.what, row.subject.name, row.subject.where, row.outcome.result};
}

/// An error of a server may have several lines; a cell has one.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' '; }, ' ');
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace

Outcome ok(std::string detail) { return {Verdict::ok, "ok", std::move(detail)}; }

Outcome noted(std::string result, std::string detail) { return {Verdict::noted, std::move(result), std::move(detail)}; }

Outcome failed(std::string detail) { return {Verdict::failed, "failed", one_line(std::move(detail))}; }

std::size_t Report::count(Verdict verdict) const {
  return static_cast<std::size_t>(
      std::count_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.outcome.verdict == verdict; }));
}

bool Report::good() const { return count(Verdict::failed) == 0; }

void Report::print(std::ostream& out) const {
  std::array<std::size_t, 4> widths{};
  for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::string_view(kTitles[i]).size();
  for (const Row& row : rows_) {
    const auto texts = cells(row);
    for (std::size_t i = 0; i < texts.size(); ++i) widths[i] = std::max(widths[i], texts[i].size());
  }
  const auto line = [&](const auto& texts, const std::string& detail) {
    out << "  " << std::left;
    for (std::size_t i = 0; i < texts.size(); ++i) out << std::setw(static_cast<int>(widths[i]) + 2) << texts[i];
    out << detail << "\n";
  };
  std::pair<std::string, std::string> place;
  for (const Row& row : rows_) {
    if (std::pair now(row.account, row.region); now != place) {
      out << (place.first.empty() ? "" : "\n") << row.account << " " << row.region << "\n";
      place = std::move(now);
      line(kTitles, "DETAIL");
    }
    line(cells(row), row.outcome.detail);
  }
  if (!rows_.empty()) out << "\n";
  out << rows_.size() << " checked: " << count(Verdict::ok) << " ok, " << count(Verdict::noted) << " noted, "
      << count(Verdict::failed) << " failed.\n";
}

Json Report::json() const {
  Json checks = Json::array();
  for (const Row& row : rows_) {
    checks.push_back({{"account", row.account},
                      {"region", row.region},
                      {"what", row.subject.what},
                      {"name", row.subject.name},
                      {"where", row.subject.where},
                      {"result", row.outcome.result},
                      {"failed", row.outcome.verdict == Verdict::failed},
                      {"detail", row.outcome.detail}});
  }
  return {{"good", good()}, {"checks", std::move(checks)}};
}

}  // namespace orrery::verify
