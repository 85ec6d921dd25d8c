#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::engines::docker {

/// Where a container engine (Docker, Podman) answers: a Unix socket, or a host and port without TLS.
struct Address {
  std::string socket;  ///< "/var/run/docker.sock", or "" with host and port
  std::string host;
  std::uint16_t port = 0;
  std::string text() const;  ///< as DOCKER_HOST writes it
};

/// Reads DOCKER_HOST's form: unix:///path, tcp://host:port. Throws std::runtime_error for any other scheme.
Address parse_address(const std::string& docker_host);

/// Where to look: DOCKER_HOST alone when it is set; else the usual sockets that exist, Docker's first, the user's own
/// (rootless) before the machine's.
std::vector<Address> usual_addresses();

/// Nobody answers, or what answers does not speak HTTP, or it stops in the middle.
class Unreachable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// No byte came, or the whole was not done, in the time that the call had.
class TimedOut : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Call {
  std::string method, target;
  std::string body = {};  ///< JSON; "": none
  std::map<std::string, std::string> headers = {};
  std::chrono::milliseconds silence = std::chrono::seconds(30);  ///< the longest wait for the next bytes
  std::chrono::milliseconds limit = std::chrono::minutes(10);    ///< for the whole
};

struct Answer {
  int status = 0;
  std::string body;         ///< "" where the parts were consumed as they came
  std::string api_version;  ///< the header Api-Version
};

using Consumer = std::function<void(std::string_view part)>;

/// One request on a connection of its own, blocking. A successful answer's body goes to `consumer` as it comes, when
/// there is one. Throws Unreachable or TimedOut; an error status is an answer.
Answer exchange(const Address&, const Call&, const Consumer& consumer = {});

/// A request after which the connection is a raw stream ("hijacked": attach). `started` is called once the
/// stream is open; then `input` is sent and the sending side closed, while what comes goes to `consumer` until the
/// other side closes. An error status is an answer, without a stream.
Answer converse(const Address&, const Call&, std::string_view input, const std::function<void()>& started,
                const Consumer& consumer);

/// Takes apart the stream of a container without a terminal: frames of {stream, 0, 0, 0, length as 4 bytes big endian}
/// and as many bytes (Docker Engine API, "ContainerAttach", stream format).
class Frames {
 public:
  explicit Frames(Consumer consumer) : consumer_(std::move(consumer)) {}
  void feed(std::string_view bytes);
  /// True between two frames: a stream that ends elsewhere was cut.
  bool whole() const { return head_.empty() && left_ == 0; }

 private:
  Consumer consumer_;
  std::string head_;
  std::uint32_t left_ = 0;
};

}  // namespace orrery::engines::docker
