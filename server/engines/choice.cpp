#include "engines/choice.hpp"

#include <stdexcept>

namespace orrery::engines {

namespace {

constexpr std::string_view kModes[] = {"auto", "native", "docker", "off"};

bool is_mode(std::string_view text) {
  return std::find(std::begin(kModes), std::end(kModes), text) != std::end(kModes);
}

/// "postgres=native,redis=docker", "off,postgres=native": the mode of each software, and "" for the rest.
std::map<std::string, std::string, std::less<>> read_modes(const std::string& text) {
  std::map<std::string, std::string, std::less<>> modes{{"", "off"}};
  bool first = true;
  for (std::string_view rest = text; !rest.empty();) {
    const auto comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
    const auto equals = part.find('=');
    const std::string_view software = equals == std::string_view::npos ? "" : part.substr(0, equals);
    const std::string_view mode = equals == std::string_view::npos ? part : part.substr(equals + 1);
    if (!is_mode(mode))
      throw std::runtime_error("--engines " + text + ": expected auto, native, docker or off, or SOFTWARE=… of these");
    modes[std::string(software)] = mode;
    // What a list does not name is as by default.
    if (std::exchange(first, false) && !software.empty()) modes[""] = "auto";
  }
  return modes;
}

using Row = Choice::Row;

/// `auto` downloads nothing that nobody asked for.
enum class Wish { named, automatic };

Row try_machine(Row row, Backend backend, const std::shared_ptr<Machine>& machine, Wish wish) {
  if (!machine) {
    row.reason = std::string(name_of(backend)) + " is not available";
    return row;
  }
  const auto verdict = machine->judge(row.software, *row.driver);
  row.reason = verdict.reason;
  if (!verdict.possible) return row;
  if (wish == Wish::automatic && verdict.readiness != Machine::Readiness::at_hand) return row;
  row.backend = backend;
  row.machine = machine;
  row.listening = verdict.listening;
  return row;
}

}  // namespace

std::string_view name_of(Backend backend) {
  return backend == Backend::native ? "native" : backend == Backend::docker ? "docker" : "off";
}

Choice::Choice(const Options& options, const Drivers& drivers, const std::shared_ptr<Machine>& native,
               const std::shared_ptr<Machine>& docker) {
  const auto modes = read_modes(options.engines);
  for (const auto& [software, mode] : modes) {
    if (!software.empty() && !drivers.contains(software))
      throw std::runtime_error("--engines " + options.engines + ": there is no engine " + software);
  }
  for (const auto& [software, driver] : drivers) {
    const auto named = modes.find(software);
    const std::string& mode = named == modes.end() ? modes.at("") : named->second;
    const Wish wish = mode == "auto" ? Wish::automatic : Wish::named;
    Row row{software, Backend::off, "by --engines", driver};
    if (mode == "docker" || mode == "auto") row = try_machine(std::move(row), Backend::docker, docker, wish);
    if (mode == "native" || (mode == "auto" && row.backend == Backend::off)) {
      const std::string before = mode == "auto" ? "; " + row.reason : "";
      row = try_machine(std::move(row), Backend::native, native, wish);
      row.reason += before;
    }
    if (row.backend == Backend::off && named != modes.end() && mode != "off" && mode != "auto") {
      throw std::runtime_error("--engines " + software + "=" + mode + ": " + row.reason);
    }
    rows_.push_back(std::move(row));
  }
  // `--engines native` takes what there is, as not every machine has each software, but something.
  if (const std::string& mode = modes.at(""); (mode == "native" || mode == "docker") && !rows_.empty() && all_off()) {
    std::string reasons;
    for (const auto& row : rows_) reasons += (reasons.empty() ? "" : "; ") + row.software + ": " + row.reason;
    throw std::runtime_error("--engines " + options.engines + ": " + reasons);
  }
}

const Choice::Row* Choice::find(std::string_view software) const {
  for (const auto& row : rows_) {
    if (row.software == software) return &row;
  }
  return nullptr;
}

bool Choice::all_off() const {
  return std::all_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.backend == Backend::off; });
}

LateChoice::LateChoice(std::function<std::shared_ptr<const Choice>()> make)
    : once_(new Once{std::move(make)}) {}  // make_shared needs a constructor before Clang 16

LateChoice::LateChoice(std::shared_ptr<const Choice> made) : LateChoice([made = std::move(made)] { return made; }) {}

const Choice* LateChoice::operator->() const {
  const std::lock_guard guard(once_->mutex);
  if (!once_->made) once_->made = once_->make();
  return once_->made.get();
}

}  // namespace orrery::engines
