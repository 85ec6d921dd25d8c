#include <future>

#include "aws/ids.hpp"
#include "engines/docker.hpp"
#include "engines/docker_runtime.hpp"
#include "engines/folders.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;

namespace docker {
namespace {

constexpr std::chrono::seconds kLeftoverLimit{10};

/// The user that an engine's image makes for it, where the image itself starts as root (and its entrypoint, which we
/// pass over, becomes that user).
std::string usual_user(std::string_view software) {
  if (software == "mariadb") return "mysql";
  if (software == "memcached") return "memcache";
  return std::string(software);
}

/// "postgres:15" of "docker.io/library/postgres:15": as Docker's own tools show it.
std::string familiar(std::string name) {
  for (const std::string_view prefix : {"docker.io/", "library/", "localhost/"}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  return name;
}

std::string container_name(const std::string& id, const std::string& place) {
  std::string name = "orrery-";
  for (const char c : id) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
  return name + "-" + aws::hex(aws::sha256(place + "\n" + id)).substr(0, 8);
}

class ContainerMachine final : public Machine {
 public:
  ContainerMachine(const fs::path& data_dir, std::map<std::string, std::string> images, Log log)
      : data_dir_(fs::absolute(data_dir).lexically_normal()), images_(std::move(images)), log_(std::move(log)) {}

  Verdict judge(std::string_view software, const Driver& driver) override {
    try {
      const auto host = connect();
      if (!host->objection().empty()) return {false, host->objection()};
      Verdict verdict{true, host->text()};
      if (host->network().empty()) verdict.listening = Listening::own_address;
      const std::string image = at_hand(*host, software, driver);
      if (image.empty()) {
        verdict.readiness = Readiness::after_download;
        verdict.reason = "no image of " + std::string(software) + " at hand in " + verdict.reason;
      } else {
        verdict.reason = image + ", " + verdict.reason;
      }
      return verdict;
    } catch (const std::exception& error) {
      return {false, error.what()};
    }
  }

  std::unique_ptr<Runtime> runtime(const Specification& specification, const Driver& driver,
                                   const fs::path& folder) override {
    const auto host = connect();
    const std::string name = image_of(specification, driver);
    const Image image = have(*host, name);
    return container_runtime(
        host,
        {.name = container_name(specification.id, place_),
         .image = image.id,
         .owner = host->own_user() ? *host->own_user() : owner_in(*host, image, specification.software),
         .labels = labels(specification.id),
         .stop_signal = driver.stop_signal()},
        specification, folder);
  }

  void end_leftovers() override {
    const auto host = connect();
    std::vector<std::future<void>> endings;
    for (const Container& container : host->client().list({kEngineLabel})) {
      const auto label = [&](const char* name) {
        const auto found = container.labels.find(name);
        return found == container.labels.end() ? "" : found->second;
      };
      if (label(kDataLabel) != place_ && !owner_gone(label(kOwnerLabel))) continue;
      log_(Severity::warning, "removing container " + container.name + ", which an earlier server left");
      endings.push_back(std::async(std::launch::async, [&client = host->client(), container] {
        try {
          if (container.state == "running") client.stop(container.id, kLeftoverLimit);
        } catch (const ApiError&) {  // removed by force then
        }
        client.remove(container.id);
      }));
    }
    for (auto& ending : endings) ending.get();
  }

 private:
  /// The first engine that answers, asked once; a failure is not remembered.
  std::shared_ptr<Host> connect() {
    const std::lock_guard guard(mutex_);
    if (host_) return host_;
    std::string failures;
    for (const Address& address : usual_addresses()) {
      try {
        const auto host = std::make_shared<Host>(Client(address));
        // As the container engine sees it: servers in containers have the same path inside, and not the same data.
        if (host->objection().empty()) place_ = host->path_outside(data_dir_);
        return host_ = host;
      } catch (const std::exception& error) {
        failures += (failures.empty() ? "" : "; ") + std::string(error.what());
      }
    }
    throw Unreachable(failures.empty() ? "no socket of Docker or Podman, and no DOCKER_HOST" : failures);
  }

  std::string image_of(const Specification& specification, const Driver& driver) const {
    const std::string name = driver.image(specification);
    const std::string major = specification.version.substr(0, specification.version.find('.'));
    for (const std::string& key : {name, specification.software + ":" + major, specification.software}) {
      if (const auto found = images_.find(key); found != images_.end()) return found->second;
    }
    return name;
  }

  /// An image at hand that could run the software in one of its versions; "": none.
  std::string at_hand(const Host& host, std::string_view software, const Driver& driver) const {
    Specification any;
    any.software = software;
    std::set<std::string> repositories{parse_image_name(familiar(image_of(any, driver))).repository};
    for (const auto& [key, image] : images_) {
      if (key == software || key.starts_with(std::string(software) + ":")) {
        repositories.insert(parse_image_name(familiar(image)).repository);
      }
    }
    for (const std::string& name : host.client().images()) {
      if (repositories.contains(parse_image_name(familiar(name)).repository)) return familiar(name);
    }
    return "";
  }

  /// The image, pulled when it is not at hand: once, however many engines wait for it.
  Image have(const Host& host, const std::string& name) {
    std::shared_ptr<std::mutex> pulling;
    {
      const std::lock_guard guard(mutex_);
      auto& entry = pulling_[name];
      if (!entry) entry = std::make_shared<std::mutex>();
      pulling = entry;
    }
    const std::lock_guard guard(*pulling);
    if (auto image = host.client().image(name)) return *image;
    log_(Severity::info, "pulling " + name + " from " + parse_image_name(name).registry);
    host.client().pull(name, [&](const std::string& line) { log_(Severity::info, name + ": " + line); });
    if (auto image = host.client().image(name)) return *image;
    throw std::runtime_error(name + " was pulled and is not there");
  }

  Owner owner_in(const Host& host, const Image& image, const std::string& software) {
    {
      const std::lock_guard guard(mutex_);
      if (const auto known = owners_.find(image.id); known != owners_.end()) return known->second;
    }
    const std::string named = image.user.substr(0, image.user.find(':'));
    const std::string user = named.empty() || named == "root" || named == "0" ? usual_user(software) : named;
    const Owner owner = ask_owner(host, image, user);
    const std::lock_guard guard(mutex_);
    return owners_[image.id] = owner;
  }

  /// Asks a container of the image, for only its own files know its users.
  Owner ask_owner(const Host& host, const Image& image, const std::string& user) const {
    Owner owner;
    if (const int read = std::sscanf(image.user.c_str(), "%u:%u", &owner.uid, &owner.gid); read > 0 && owner.uid != 0) {
      if (read == 1) owner.gid = owner.uid;
      return owner;
    }
    const NewContainer wanted{.name = "orrery-id-" + aws::random_hex(8),
                              .image = image.id,
                              .command = {"/bin/sh", "-c", "id -u \"$0\" && id -g \"$0\"", user},
                              .labels = labels("image/" + image.id),
                              .network = "none",
                              .user_namespace = host.user_namespace()};
    const Ended ended = host.client().run(wanted, "", std::chrono::seconds(60));
    if (ended.exit_code != 0 || std::sscanf(ended.output.c_str(), "%u%u", &owner.uid, &owner.gid) != 2 ||
        owner.uid == 0) {
      throw std::runtime_error("the image has no user " + user + " to run as: " + ended.output);
    }
    return owner;
  }

  std::map<std::string, std::string> labels(const std::string& id) const {
    return {{kEngineLabel, id}, {kDataLabel, place_}, {kOwnerLabel, owner_mark()}};
  }

  const std::filesystem::path data_dir_;
  std::string place_;  ///< the data directory outside; set with host_
  const std::map<std::string, std::string> images_;
  const Log log_;
  std::mutex mutex_;
  std::shared_ptr<Host> host_;
  std::map<std::string, std::shared_ptr<std::mutex>> pulling_;
  std::map<std::string, Owner> owners_;
};

}  // namespace
}  // namespace docker

std::unique_ptr<Machine> docker_machine(const fs::path& data_dir, std::map<std::string, std::string> images, Log log) {
  return std::make_unique<docker::ContainerMachine>(data_dir, std::move(images), std::move(log));
}

}  // namespace orrery::engines
