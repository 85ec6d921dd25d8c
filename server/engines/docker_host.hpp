#pragma once
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engines/docker_client.hpp"

namespace orrery::engines::docker {

constexpr const char* kEngineLabel = "orrery.engine";
constexpr const char* kDataLabel = "orrery.data-dir";
constexpr const char* kOwnerLabel = "orrery.owner";

/// Who an engine's files belong to, as this server and the container see it.
struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string text() const { return std::to_string(uid) + ":" + std::to_string(gid); }
};

/// A container engine, and where this server stands towards it: network, paths and users. Thread-safe.
class Host {
 public:
  explicit Host(Client client);

  const Client& client() const { return client_; }
  const Daemon& daemon() const { return daemon_; }
  std::string text() const;  ///< "Podman 4.3.1 at unix:///run/podman/podman.sock"

  /// Why containers of this engine are of no use to this server; "": they are.
  const std::string& objection() const { return objection_; }
  /// NetworkMode of the containers: the network that this server has; "": ports are published.
  const std::string& network() const { return network_; }
  /// A path of this server as the container engine finds it. Throws std::runtime_error where it does not.
  std::string path_outside(const std::filesystem::path& path) const;
  /// Engines run as this server's own user, who then needs no rights over anybody else's files; nullopt: we are root,
  /// which engines must not be, and they run as their image's user.
  const std::optional<Owner>& own_user() const { return own_user_; }
  /// The HostConfig.UsernsMode under which ids in the container are ids outside.
  const std::string& user_namespace() const { return user_namespace_; }

  /// Whether a container runs. One list serves all engines for a moment, for they are all looked at twice a second.
  /// `since`: when the container was started; an older list does not know it.
  bool runs(const std::string& container, std::chrono::steady_clock::time_point since);

  /// What a program of an image says of its version, which depends on the image alone and takes a container to ask.
  std::optional<std::string> known_version(const std::string& image, const std::string& program);
  void learn_version(const std::string& image, const std::string& program, const std::string& version);

 private:
  void place_self();

  const Client client_;
  const Daemon daemon_;
  std::string objection_, network_, user_namespace_;
  std::optional<Owner> own_user_;
  std::vector<Mount> mounts_;  ///< of the container that we run in
  bool contained_ = false;
  std::mutex mutex_;
  std::set<std::string> running_;
  std::chrono::steady_clock::time_point listed_{};
  std::map<std::pair<std::string, std::string>, std::string> versions_;
};

/// This process, so that a later one can tell whether it still runs: boot, process id namespace, id, start time.
std::string owner_mark();
/// True when the process of the mark is certainly gone: it was of this boot and namespace, and is not there.
bool owner_gone(const std::string& mark);

}  // namespace orrery::engines::docker
