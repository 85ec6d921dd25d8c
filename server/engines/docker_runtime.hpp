#pragma once
#include <map>
#include <memory>
#include <string>

#include "engines/docker_host.hpp"
#include "engines/driver.hpp"

namespace orrery::engines::docker {

/// What a container engine knows one engine of ours by.
struct Engine {
  std::string name;   ///< of its container: "orrery-rds-…"
  std::string image;  ///< an image's id
  Owner owner;        ///< whom it runs as
  std::map<std::string, std::string> labels;
  int stop_signal = 15;
};

/// One engine in a container. Makes `folder` and its parts. Throws std::runtime_error.
std::unique_ptr<Runtime> container_runtime(std::shared_ptr<Host>, Engine, const Specification&,
                                           const std::filesystem::path& folder);

}  // namespace orrery::engines::docker
