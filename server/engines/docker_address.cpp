#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "engines/docker_connection.hpp"

namespace orrery::engines::docker {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string Address::text() const {
  if (!socket.empty()) return "unix://" + socket;
  return "tcp://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

Address parse_address(const std::string& docker_host) {
  constexpr std::string_view kUnix = "unix://", kTcp = "tcp://";
  if (docker_host.starts_with(kUnix) && docker_host.size() > kUnix.size()) {
    return {.socket = docker_host.substr(kUnix.size()), .host = {}, .port = 0};
  }
  if (docker_host.starts_with(kTcp)) {
    std::string host = docker_host.substr(kTcp.size());
    if (host.ends_with('/')) host.pop_back();
    const auto colon = host.rfind(':');
    std::uint16_t port = 2375;  // Docker's port without TLS
    if (colon != std::string::npos && host.find(']', colon) == std::string::npos) {
      const char* end = host.data() + host.size();
      const auto read = std::from_chars(host.data() + colon + 1, end, port);
      if (read.ec != std::errc() || read.ptr != end) throw std::runtime_error("not a port in " + docker_host);
      host.resize(colon);
    }
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!host.empty()) return {.socket = {}, .host = host, .port = port};
  }
  throw std::runtime_error("DOCKER_HOST " + docker_host + ": expected unix:///path or tcp://host:port");
}

std::vector<Address> usual_addresses() {
  if (const std::string host = environment("DOCKER_HOST"); !host.empty()) {
    const Address address = parse_address(host);
    if (address.socket.empty() && !environment("DOCKER_TLS_VERIFY").empty()) {
      throw std::runtime_error("DOCKER_TLS_VERIFY is set, and TLS to " + host + " is not spoken here");
    }
    return {address};
  }
  std::vector<std::string> paths{"/var/run/docker.sock"};
  if (const std::string home = environment("HOME"); !home.empty()) {
    paths.push_back(home + "/.docker/run/docker.sock");      // Docker Desktop
    paths.push_back(home + "/.docker/desktop/docker.sock");  // Docker Desktop on Linux
    paths.push_back(home + "/.colima/default/docker.sock");
  }
  const std::string runtime = environment("XDG_RUNTIME_DIR");
  const std::string own = runtime.empty() ? "/run/user/" + std::to_string(getuid()) : runtime;
  paths.push_back(own + "/docker.sock");
  paths.push_back(own + "/podman/podman.sock");
  if (getuid() == 0) paths.push_back("/run/podman/podman.sock");

  std::vector<Address> found;
  for (const std::string& path : paths) {
    std::error_code error;
    if (std::filesystem::is_socket(path, error)) found.push_back({.socket = path, .host = {}, .port = 0});
  }
  return found;
}

}  // namespace orrery::engines::docker
