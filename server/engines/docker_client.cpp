#include "engines/docker_client.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace orrery::engines::docker {

namespace {

// Ours is the newest whose documentation this was written against. Every operation here is in 1.41 (Docker 20.10,
// Podman 3 and 4); Docker 29 serves nothing older than 1.44.
constexpr int kApiMajor = 1, kApiMinor = 48;
constexpr std::size_t kKeptOutput = 64 * 1024;
constexpr std::chrono::seconds kPatience{30};

std::string escape(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

std::string version_prefix(const std::string& newest) {
  int major = 0, minor = 0;
  if (std::sscanf(newest.c_str(), "%d.%d", &major, &minor) != 2) return "";
  if (major == kApiMajor) minor = std::min(minor, kApiMinor);
  return "/v" + std::to_string(major) + "." + std::to_string(minor);
}

std::string member(const Json& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

Json parse(const std::string& text, const std::string& what) {
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) throw Unreachable(what + ": the answer is not JSON: " + text.substr(0, 200));
  return value;
}

/// Podman gives the reason behind the message as `cause`; its message has it already.
std::string message_of(const Answer& answer) {
  const Json value = Json::parse(answer.body, nullptr, false);
  if (value.is_object()) {
    if (std::string message = member(value, "message"); !message.empty()) return message;
  }
  return "status " + std::to_string(answer.status) + (answer.body.empty() ? "" : ": " + answer.body.substr(0, 500));
}

/// Keeps the end of an output.
class Tail {
 public:
  void add(std::string_view part) {
    text_ += part;
    if (text_.size() > 2 * kKeptOutput) text_.erase(0, text_.size() - kKeptOutput);
  }
  std::string take() {
    if (text_.size() > kKeptOutput) text_.erase(0, text_.size() - kKeptOutput);
    return std::move(text_);
  }

 private:
  std::string text_;
};

std::string whole(const Frames& frames, Tail& tail, const std::string& what) {
  if (!frames.whole()) throw Unreachable(what + ": the output ended inside a frame");
  return tail.take();
}

Json environment_list(const std::map<std::string, std::string>& environment) {
  Json list = Json::array();
  for (const auto& [name, value] : environment) list.push_back(name + "=" + value);
  return list;
}

Json creation(const NewContainer& wanted) {
  Json host = {{"NetworkMode", wanted.network.empty() ? "default" : wanted.network},
               // Bind mounts stay readable where SELinux would ask for a label on the data folder itself.
               {"SecurityOpt", {"label=disable", "no-new-privileges"}},
               {"CapDrop", {"ALL"}},
               {"Mounts", Json::array()}};
  for (const Mount& mount : wanted.mounts) {
    host["Mounts"].push_back({{"Type", "bind"},
                              {"Source", mount.source},
                              {"Target", mount.target},
                              {"ReadOnly", mount.access == Mount::Access::read_only}});
  }
  Json body = {{"Image", wanted.image},
               {"Labels", wanted.labels},
               {"Env", environment_list(wanted.environment)},
               {"Entrypoint", {wanted.command.at(0)}},
               {"Cmd", std::vector<std::string>(wanted.command.begin() + 1, wanted.command.end())}};
  for (const PublishedPort& port : wanted.ports) {
    const std::string name = std::to_string(port.inside) + "/tcp";
    body["ExposedPorts"][name] = Json::object();
    host["PortBindings"][name].push_back({{"HostIp", port.host}, {"HostPort", std::to_string(port.port)}});
  }
  if (!wanted.user.empty()) body["User"] = wanted.user;
  if (!wanted.directory.empty()) body["WorkingDir"] = wanted.directory;
  if (wanted.stop_signal != 0) body["StopSignal"] = std::to_string(wanted.stop_signal);
  if (!wanted.user_namespace.empty()) host["UsernsMode"] = wanted.user_namespace;
  if (wanted.shared_memory != 0) host["ShmSize"] = wanted.shared_memory;
  if (wanted.input == NewContainer::Input::once) {
    for (const char* name : {"AttachStdin", "OpenStdin", "StdinOnce"}) body[name] = true;
  }
  body["HostConfig"] = std::move(host);
  return body;
}

}  // namespace

Client::Client(Address address) : address_(std::move(address)) {
  const Answer answer = exchange(address_, {.method = "GET", .target = "/_ping", .silence = std::chrono::seconds(5)});
  if (answer.status != 200) throw Unreachable("what answers at " + address_.text() + " is no container engine");
  prefix_ = version_prefix(answer.api_version);
}

Answer Client::call(Call call, const Consumer& consumer) const {
  call.target = prefix_ + call.target;
  Answer answer = exchange(address_, call, consumer);
  if (answer.status >= 400) throw ApiError(answer.status, message_of(answer));
  return answer;
}

Json Client::read(const std::string& target) const {
  return parse(call({.method = "GET", .target = target}).body, "GET " + target);
}

void Client::post(const std::string& target, std::chrono::milliseconds silence) const {
  call({.method = "POST", .target = target, .silence = silence});
}

Daemon Client::daemon() const {
  const Json version = read("/version"), info = read("/info");
  Daemon daemon{.name = "Docker",
                .version = member(version, "Version"),
                .platform = member(info, "OperatingSystem"),
                .kernel = member(info, "KernelVersion")};
  for (const Json& component : version.value("Components", Json::array())) {
    if (member(component, "Name").starts_with("Podman")) daemon.name = "Podman";
  }
  daemon.rootless = info.value("Rootless", false);  // Podman's word for it; Docker's is a security option
  const auto options = info.find("SecurityOptions");
  if (options == info.end() || !options->is_array()) return daemon;
  for (const Json& option : *options) {
    const std::string text = option.is_string() ? option.get<std::string>() : "";
    if (text.starts_with("name=rootless")) daemon.rootless = true;
    if (text.starts_with("name=userns")) daemon.remaps_users = true;
  }
  return daemon;
}

std::optional<Image> Client::image(const std::string& name) const {
  try {
    const Json found = read("/images/" + escape(name) + "/json");
    return Image{member(found, "Id"), member(found.value("Config", Json::object()), "User")};
  } catch (const ApiError& error) {
    if (error.status() == 404) return std::nullopt;
    throw;
  }
}

std::vector<std::string> Client::images() const {
  std::vector<std::string> names;
  for (const Json& row : read("/images/json")) {
    const auto tags = row.find("RepoTags");
    if (tags == row.end() || !tags->is_array()) continue;
    for (const Json& tag : *tags) names.push_back(tag.get<std::string>());
  }
  return names;
}

std::string Client::create(const NewContainer& wanted) const {
  const std::string target = "/containers/create?name=" + escape(wanted.name);
  const Answer answer =
      call({.method = "POST", .target = target, .body = creation(wanted).dump(), .silence = std::chrono::minutes(2)});
  std::string id = member(parse(answer.body, "POST " + target), "Id");
  if (id.empty()) throw Unreachable("POST " + target + ": the answer names no container");
  return id;
}

void Client::start(const std::string& container) const {
  post("/containers/" + container + "/start", std::chrono::minutes(2));
}

Json Client::inspect(const std::string& container) const { return read("/containers/" + container + "/json"); }

State Client::state(const std::string& container) const {
  const Json state = inspect(container).value("State", Json::object());
  return {state.value("Running", false), state.value("ExitCode", 0), member(state, "Error")};
}

std::optional<int> Client::wait(const std::string& container, std::chrono::milliseconds limit) const {
  try {
    const std::string target = "/containers/" + container + "/wait";
    const Json ended = parse(call({.method = "POST", .target = target, .silence = limit, .limit = limit}).body, target);
    return ended.value("StatusCode", -1);
  } catch (const TimedOut&) {
    return std::nullopt;
  }
}

std::string Client::logs(const std::string& container, int last_lines) const {
  Tail tail;
  Frames frames([&tail](std::string_view part) { tail.add(part); });
  const std::string target = "/containers/" + container + "/logs?stdout=1&stderr=1&tail=" + std::to_string(last_lines);
  call({.method = "GET", .target = target}, [&frames](std::string_view part) { frames.feed(part); });
  return whole(frames, tail, "GET " + target);
}

Ended Client::attached(const std::string& container, std::string_view input, std::chrono::milliseconds limit) const {
  Tail tail;
  Frames frames([&tail](std::string_view part) { tail.add(part); });
  const std::string stdin_part = input.empty() ? "" : "&stdin=1";
  const Call attach{.method = "POST",
                    .target = prefix_ + "/containers/" + container + "/attach?stream=1&stdout=1&stderr=1" + stdin_part,
                    .silence = limit,
                    .limit = limit};
  const auto started = [&] { start(container); };
  const Answer answer =
      converse(address_, attach, input, started, [&frames](std::string_view part) { frames.feed(part); });
  if (answer.status >= 400) throw ApiError(answer.status, message_of(answer));
  const auto code = wait(container, kPatience);
  if (!code) throw TimedOut("container " + container + " closed its output and did not end");
  return {*code, whole(frames, tail, attach.target)};
}

Ended Client::run(const NewContainer& wanted, std::string_view input, std::chrono::milliseconds limit) const {
  const std::string container = create(wanted);
  try {
    Ended ended = attached(container, input, limit);
    remove(container);
    return ended;
  } catch (const std::exception&) {
    remove(container);
    throw;
  }
}

void Client::stop(const std::string& container, std::chrono::seconds limit) const {
  post("/containers/" + container + "/stop?t=" + std::to_string(limit.count()), limit + kPatience);
}

void Client::kill(const std::string& container, const std::string& signal) const {
  post("/containers/" + container + "/kill?signal=" + escape(signal));
}

void Client::remove(const std::string& container) const {
  try {
    call({.method = "DELETE", .target = "/containers/" + container + "?force=1&v=1"});
  } catch (const ApiError& error) {
    // 409: somebody else's removal is on its way.
    if (error.status() != 404 && error.status() != 409) throw;
  }
}

std::vector<Container> Client::list(const std::vector<std::string>& labels) const {
  const Json filters = {{"label", labels}};
  std::vector<Container> found;
  for (const Json& row : read("/containers/json?all=1&filters=" + escape(filters.dump()))) {
    Container container{.id = member(row, "Id"), .name = {}, .state = member(row, "State"), .labels = {}};
    if (const auto names = row.find("Names"); names != row.end() && names->is_array() && !names->empty()) {
      container.name = names->front().get<std::string>();
      if (container.name.starts_with('/')) container.name.erase(0, 1);
    }
    if (const auto found_labels = row.find("Labels"); found_labels != row.end() && found_labels->is_object()) {
      container.labels = found_labels->get<std::map<std::string, std::string>>();
    }
    found.push_back(std::move(container));
  }
  return found;
}

}  // namespace orrery::engines::docker
