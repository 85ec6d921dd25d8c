#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "engines/machine.hpp"

namespace orrery::engines {

/// Containers, run by the Docker or Podman that answers at DOCKER_HOST or at one of the usual sockets. It is looked for
/// when the machine is first asked something; nothing is thrown where none answers, its verdict says so.
///
/// `images` overrides what a driver names (--engine-image): by the driver's image ("postgres:15"), by software and
/// major version ("valkey:8"), or by software ("redis"). An image that is not at hand is pulled, with its progress in
/// the log, before the first engine that needs it starts.
///
/// Each engine is one container, labelled orrery.engine=<id> and orrery.data-dir=<data_dir>, with the engine's folder
/// mounted at /orrery. It shares the network of this server where it can (the machine's, or the one of the container
/// that this server runs in), so that it listens on its leased address itself, and engines reach each other as clients
/// do. Where it cannot (Docker Desktop, DOCKER_HOST on another machine), its port is published at the leased address.
std::unique_ptr<Machine> docker_machine(const std::filesystem::path& data_dir,
                                        std::map<std::string, std::string> images, Log log);

}  // namespace orrery::engines
