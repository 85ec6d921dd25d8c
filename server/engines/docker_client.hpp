#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/json.hpp"
#include "engines/docker_connection.hpp"

namespace orrery::engines::docker {

/// An error answer of the Engine API: its status and message.
class ApiError : public std::runtime_error {
 public:
  ApiError(int status, const std::string& message) : std::runtime_error(message), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

/// What the engine says about itself (GET /version, GET /info).
struct Daemon {
  std::string name;      ///< "Docker", "Podman"
  std::string version;   ///< "28.2.2"
  std::string platform;  ///< "Docker Desktop", "Debian GNU/Linux 12 (bookworm)"
  std::string kernel;
  bool rootless = false;
  bool remaps_users = false;  ///< dockerd --userns-remap
};

struct Image {
  std::string id;
  std::string user;  ///< "" (root), "redis", "999:999"
};

struct Mount {
  std::string source, target;
  enum class Access { read_write, read_only } access = Access::read_write;
};

struct PublishedPort {
  std::string host;
  std::uint16_t port = 0;
  std::uint16_t inside = 0;
};

struct NewContainer {
  std::string name, image;
  std::vector<std::string> command;  ///< instead of the image's entrypoint and command
  std::map<std::string, std::string> environment = {}, labels = {};
  std::vector<Mount> mounts = {};
  std::vector<PublishedPort> ports = {};
  std::string user = {};            ///< "999:999"; "": the image's
  std::string directory = {};       ///< where the program starts; "": the image's
  std::string network = {};         ///< "host", "container:<id>"; "": the engine's default bridge
  std::string user_namespace = {};  ///< "keep-id" (Podman), "host" (Docker); "": the engine's default
  std::uint64_t shared_memory = 0;  ///< bytes of /dev/shm; 0: the engine's default (64 MiB)
  int stop_signal = 0;              ///< of stop(); 0: the image's, else SIGTERM
  enum class Input { none, once } input = Input::none;  ///< once: standard input ends when the first attached leaves
};

struct Container {
  std::string id, name, state;  ///< state: "created", "running", "exited", …
  std::map<std::string, std::string> labels;
};

struct State {
  bool running = false;
  int exit_code = 0;
  std::string error;  ///< why it could not start
};

/// The end of what a program printed, and how it ended.
struct Ended {
  int exit_code = 0;
  std::string output;
};

/// A Docker Engine API, over its own socket (docs.docker.com/reference/api/engine; Podman serves the same). Blocking,
/// a connection a call, thread-safe. Everything throws ApiError, Unreachable or TimedOut.
class Client {
 public:
  /// Asks which version of the API is spoken (GET /_ping): ours, or the newest of an older engine.
  explicit Client(Address);
  const Address& address() const { return address_; }

  Daemon daemon() const;
  /// nullopt: not at hand.
  std::optional<Image> image(const std::string& name) const;
  /// Downloads from the registry that the name says, with the credentials of ~/.docker/config.json. `progress` gets a
  /// line a change of a layer's state.
  void pull(const std::string& name, const std::function<void(const std::string&)>& progress) const;

  std::string create(const NewContainer&) const;  ///< the id
  void start(const std::string& container) const;
  State state(const std::string& container) const;
  Json inspect(const std::string& container) const;
  /// Waits for its end; nullopt after `limit`.
  std::optional<int> wait(const std::string& container, std::chrono::milliseconds limit) const;
  std::string logs(const std::string& container, int last_lines) const;
  /// A container for one program: gives it `input`, returns what it prints, and removes the container when it ends.
  /// TimedOut after `limit`, and then the program is gone, too.
  Ended run(const NewContainer&, std::string_view input, std::chrono::milliseconds limit) const;
  void stop(const std::string& container, std::chrono::seconds limit) const;
  void kill(const std::string& container, const std::string& signal) const;  ///< "SIGINT"
  /// Ends it first if need be; one that is not there is no error.
  void remove(const std::string& container) const;
  /// The names of all images at hand ("docker.io/library/redis:7"; Docker leaves its own registry out).
  std::vector<std::string> images() const;
  /// Running or not, with all of the labels ("orrery.engine", "orrery.data-dir=/x").
  std::vector<Container> list(const std::vector<std::string>& labels) const;

 private:
  Answer call(Call, const Consumer& consumer = {}) const;
  Json read(const std::string& target) const;
  Ended attached(const std::string& container, std::string_view input, std::chrono::milliseconds limit) const;
  void post(const std::string& target, std::chrono::milliseconds silence = std::chrono::seconds(30)) const;

  Address address_;
  std::string prefix_;  ///< "/v1.41"
};

/// An image's name taken apart as Docker does: "redis" is docker.io/library/redis:latest.
struct ImageName {
  std::string registry;    ///< "docker.io", "public.ecr.aws", "localhost:5000"
  std::string repository;  ///< as it was written, registry included
  std::string tag;         ///< "7", or "sha256:…" for a digest
};
ImageName parse_image_name(const std::string& name);

}  // namespace orrery::engines::docker
