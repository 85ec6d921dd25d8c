#include "engines/docker_host.hpp"

#include <unistd.h>

#include <fstream>
#include <sstream>

#include "engines/pid_file.hpp"

namespace orrery::engines::docker {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kListedFor{400};

#ifdef __linux__
constexpr bool kLinux = true;
#else
constexpr bool kLinux = false;
#endif

/// The container that this process runs in: Docker and Podman mount its /etc/hostname from a folder with its id
/// (…/containers/<id>/hostname, …/overlay-containers/<id>/userdata/hostname).
std::string own_container() {
  std::ifstream file("/proc/self/mountinfo");
  std::string line;
  while (std::getline(file, line)) {
    // "36 35 98:0 ROOT MOUNT-POINT options…"
    std::istringstream fields(line);
    std::string id, parent, device, root, point;
    fields >> id >> parent >> device >> root >> point;
    if (point != "/etc/hostname") continue;
    constexpr std::string_view kBefore = "containers/";
    const auto at = root.rfind(kBefore);
    if (at == std::string::npos) continue;
    const std::string name =
        root.substr(at + kBefore.size(), root.find('/', at + kBefore.size()) - at - kBefore.size());
    if (name.size() == 64) return name;
  }
  return "";
}

std::string text_of(const Json& value, const char* name) {
  const auto found = value.find(name);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string process_namespace() {
  std::error_code unknown;
  return fs::read_symlink("/proc/self/ns/pid", unknown).string();
}

}  // namespace

Host::Host(Client client) : client_(std::move(client)), daemon_(client_.daemon()) {
  if (geteuid() != 0) own_user_ = Owner{geteuid(), getegid()};
  if (daemon_.name == "Podman") {
    // Without it, a rootless Podman gives ids of a range of the user's own, whose files we could not read.
    if (daemon_.rootless) user_namespace_ = "keep-id";
  } else if (daemon_.rootless) {
    objection_ = "a rootless Docker cannot run containers as the user that owns it (rootless Podman can)";
  } else if (daemon_.remaps_users) {
    user_namespace_ = "host";
  }
  place_self();
}

void Host::place_self() {
  const bool here = !client_.address().socket.empty();
  const std::string container = own_container();
  if (!container.empty()) {
    contained_ = true;
    try {
      const Json self = client_.inspect(container);
      const std::string mode = text_of(self.value("HostConfig", Json::object()), "NetworkMode");
      network_ = mode == "host" ? mode : "container:" + container;
      for (const Json& mount : self.value("Mounts", Json::array())) {
        mounts_.push_back({text_of(mount, "Source"), text_of(mount, "Destination")});
      }
    } catch (const ApiError&) {
      objection_ = "this server runs in a container that " + text() + " does not know";
    }
    return;
  }
  // Docker Desktop's engine is in a virtual machine: its "host" is not this one.
  if (kLinux && here && daemon_.platform != "Docker Desktop") network_ = "host";
}

std::string Host::text() const { return daemon_.name + " " + daemon_.version + " at " + client_.address().text(); }

std::string Host::path_outside(const fs::path& path) const {
  if (!contained_) return path.string();
  const Mount* best = nullptr;
  for (const Mount& mount : mounts_) {
    const fs::path relative = path.lexically_relative(mount.target);
    if (relative.empty() || *relative.begin() == "..") continue;
    if (best == nullptr || mount.target.size() > best->target.size()) best = &mount;
  }
  if (best == nullptr) {
    throw std::runtime_error(path.string() +
                             " is in no volume of this server's container, so that no other container can see it");
  }
  const fs::path relative = path.lexically_relative(best->target);
  return relative == "." ? best->source : (fs::path(best->source) / relative).string();
}

bool Host::runs(const std::string& container, std::chrono::steady_clock::time_point since) {
  const std::lock_guard guard(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (listed_ < since || now - listed_ > kListedFor) {
    try {
      std::set<std::string> running;
      for (const Container& found : client_.list({kEngineLabel})) {
        if (found.state == "running" || found.state == "paused") running.insert(found.id);
      }
      running_ = std::move(running);
      listed_ = now;
    } catch (const Unreachable&) {
      // An engine that is being restarted says nothing about its containers; the last word stands.
      if (listed_ < since) return true;
    } catch (const TimedOut&) {
      if (listed_ < since) return true;
    }
  }
  return running_.contains(container);
}

std::optional<std::string> Host::known_version(const std::string& image, const std::string& program) {
  const std::lock_guard guard(mutex_);
  const auto found = versions_.find({image, program});
  return found == versions_.end() ? std::nullopt : std::optional(found->second);
}

void Host::learn_version(const std::string& image, const std::string& program, const std::string& version) {
  const std::lock_guard guard(mutex_);
  versions_[{image, program}] = version;
}

std::string owner_mark() {
  return first_line("/proc/sys/kernel/random/boot_id") + "/" + process_namespace() + "/" + std::to_string(getpid()) +
         "/" + std::to_string(start_time(getpid()));
}

bool owner_gone(const std::string& mark) {
  std::istringstream fields(mark);
  std::string boot, processes, pid, started;
  std::getline(fields, boot, '/');
  std::getline(fields, processes, '/');
  std::getline(fields, pid, '/');
  std::getline(fields, started, '/');
  if (boot.empty() || boot != first_line("/proc/sys/kernel/random/boot_id") || processes != process_namespace())
    return false;
  return !still_runs(
      {static_cast<pid_t>(std::strtol(pid.c_str(), nullptr, 10)), std::strtoull(started.c_str(), nullptr, 10)});
}

}  // namespace orrery::engines::docker
