#include "engines/in_hand.hpp"

#include <ctime>
#include <mutex>
#include <set>
#include <stdexcept>

#include "aws/certificate.hpp"
#include "aws/ids.hpp"
#include "engines/folders.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;

namespace {

/// Twenty engines that start at once on a new machine need one template, not twenty.
std::mutex template_mutex;

/// <data-dir>/engines: an engine's folder without its id.
fs::path root_of(const InHand& engine) {
  fs::path root = engine.runtime.place().outside;
  const fs::path id = engine.specification.id;
  for (auto part = id.end(); part != id.begin();) {
    --part;
    if (root.filename() != *part) return engine.runtime.place().outside.parent_path();
    root = root.parent_path();
  }
  return root;
}

/// A copy of a template takes a good part of a start, so one is made in advance.
fs::path spare_of(const fs::path& prepared) { return prepared.string() + ".spare"; }

/// In containers the users of engines may differ: there each copy is given to its engine's.
bool is_spare_usable(const InHand& engine) {
  const auto& place = engine.runtime.place();
  return place.inside == place.outside;
}

}  // namespace

std::string reachable(const std::string& host) { return host == "0.0.0.0" || host == "*" ? "127.0.0.1" : host; }

std::string last_lines(const std::string& output) {
  constexpr std::size_t limit = 2000;
  const auto end = output.find_last_not_of("\n ");
  const auto text = output.substr(0, end == std::string::npos ? 0 : end + 1);
  return text.size() <= limit ? text : text.substr(text.size() - limit);
}

fs::path InHand::folder_of(const std::string& id) const { return root_of(*this) / id; }
fs::path InHand::shared_folder() const { return root_of(*this).parent_path() / "engine-templates"; }

std::optional<Specification> InHand::running(const std::string& id) const {
  return surroundings != nullptr && surroundings->source ? surroundings->source(id) : std::nullopt;
}

std::string InHand::run(const Command& command, std::chrono::seconds limit) const {
  auto outcome = runtime.run(command, limit);
  if (outcome.exit_code != 0)
    throw std::runtime_error(command.argv.front() + " ended with " + std::to_string(outcome.exit_code) + ": " +
                             last_lines(outcome.output));
  return std::move(outcome.output);
}

void InHand::write(const fs::path& path, const std::string& text) const {
  const fs::path fresh = path.string() + ".fresh";
  write_file(fresh, text);
  runtime.hand_over(fresh);
  fs::rename(fresh, path);
}

void InHand::move_folder(const fs::path& from, const fs::path& to) const {
  fs::create_directories(to.parent_path());
  std::error_code other_device;
  fs::rename(from, to, other_device);
  if (!other_device) return;
  runtime.copy_folder(from, to);
  fs::remove_all(from);
}

void InHand::make_folders(std::initializer_list<const char*> parts) const {
  for (const auto* part : parts)
    if (fs::create_directories(outside(part))) runtime.hand_over(outside(part));
}

void InHand::certify(const std::vector<std::string>& also) const {
  constexpr std::int64_t kLeft = 180 * 86'400;  // leaves are good for more than a year
  const auto& place = runtime.place();
  const auto folder = outside("tls");
  std::set<std::string> hosts(also.begin(), also.end());
  hosts.insert({specification.host, place.connect_host, place.listen_host});
  hosts.erase("");
  hosts.erase("0.0.0.0");
  const auto authority = surroundings->authority.bundle();
  std::string names = aws::hex(aws::sha256(authority)) + "\n";
  for (const auto& host : hosts) names += host + "\n";
  if (fs::exists(folder / "hosts") && read_file(folder / "hosts") == names &&
      aws::good_until(read_file(folder / "server.crt"), std::time(nullptr) + kLeft))
    return;
  make_folders({"tls"});
  surroundings->authority.leaf(folder, {hosts.begin(), hosts.end()});
  runtime.hand_over(folder / "server.crt");
  runtime.hand_over(folder / "server.key");
  write(folder / "ca.crt", authority);
  write(folder / "hosts", names);
}

void InHand::log(const std::string& line) const {
  if (surroundings != nullptr && surroundings->log) surroundings->log(specification.id + ": " + line);
}

void make_from_template(const InHand& engine, const fs::path& prepared, const char* proof,
                        const std::function<void(const std::string& part)>& initialize) {
  constexpr auto fresh = "data.new";
  fs::remove_all(engine.outside(fresh));
  {
    const std::lock_guard lock(template_mutex);
    if (!fs::exists(prepared / proof)) {
      initialize(fresh);
      const fs::path unfinished = prepared.string() + ".new";
      fs::create_directories(prepared.parent_path());
      fs::remove_all(unfinished);
      engine.runtime.copy_folder(engine.outside(fresh), unfinished);
      fs::rename(unfinished, prepared);
    }
  }
  std::error_code none;
  if (is_spare_usable(engine) && !fs::exists(engine.outside(fresh)))
    fs::rename(spare_of(prepared), engine.outside(fresh), none);
  if (!fs::exists(engine.outside(fresh))) engine.runtime.copy_folder(prepared, engine.outside(fresh));
  fs::remove_all(engine.outside("data"));
  fs::rename(engine.outside(fresh), engine.outside("data"));
}

void keep_spare(const InHand& engine, const fs::path& prepared, const char* proof) {
  if (!is_spare_usable(engine)) return;
  const auto spare = spare_of(prepared);
  static std::mutex one_at_a_time;
  const std::unique_lock lock(one_at_a_time, std::try_to_lock);
  if (!lock || fs::exists(spare) || !fs::exists(prepared / proof)) return;
  const fs::path unfinished = spare.string() + ".new";
  fs::remove_all(unfinished);
  engine.runtime.copy_folder(prepared, unfinished);
  fs::rename(unfinished, spare);
}

std::string text_of(const Json& settings, const char* name) {
  const auto found = settings.find(name);
  return found != settings.end() && found->is_string() ? found->get<std::string>() : std::string();
}

DatabaseSettings database_settings(const Json& settings) {
  DatabaseSettings out;
  out.user = text_of(settings, "user");
  out.password = text_of(settings, "password");
  out.database = text_of(settings, "database");
  out.replica_of = text_of(settings, "replica_of");
  if (settings.contains("parameters"))
    for (const auto& [name, value] : settings.at("parameters").items())
      out.parameters[name] = value.is_string() ? value.get<std::string>() : value.dump();
  if (settings.contains("recover_to")) out.recover_to = settings.at("recover_to").get<std::int64_t>();
  out.force_tls = settings.value("force_ssl", false);
  out.iam = settings.value("iam", false);
  return out;
}

}  // namespace orrery::engines
