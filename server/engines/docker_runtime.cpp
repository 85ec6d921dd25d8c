#include "engines/docker_runtime.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <system_error>

#include "aws/ids.hpp"
#include "engines/folders.hpp"

namespace orrery::engines::docker {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* kInside = "/orrery";
constexpr std::uintmax_t kConsoleBytes = 8 << 20;
// PostgreSQL's parallel queries keep more there than the 64 MiB that containers get.
constexpr std::uint64_t kSharedMemory = 256 << 20;
constexpr int kKilled = 128 + SIGKILL;

/// One container for the engine itself, and one for each program that is run beside it, gone when that ends.
class ContainerRuntime final : public Runtime {
 public:
  ContainerRuntime(std::shared_ptr<Host> host, Engine engine, const Specification& specification,
                   const fs::path& folder)
      : host_(std::move(host)), engine_(std::move(engine)) {
    const bool published = host_->network().empty();
    place_ = {.outside = folder,
              .inside = kInside,
              .listen_host = published ? "0.0.0.0" : specification.host,
              .listen_port = specification.port,
              .connect_host = specification.host,
              .connect_port = specification.port};
    make_tree(folder);
    for (const char* part : {"conf", "log", "tls"}) {
      fs::create_directories(folder / part);
      hand_over(folder / part);
    }
    give(folder, 0700);
    if (host_->own_user()) write_names(names_file());
  }

  ~ContainerRuntime() override {
    try {
      remove();
    } catch (const std::exception&) {  // the next server finds it by its label
    }
  }

  const Place& place() const override { return place_; }

  /// Always in a container of its own, never by `exec` in the engine's: PostgreSQL, the first process of its container,
  /// inherits the orphans there, and takes one that was killed for a crashed backend, upon which it restarts.
  Outcome run(const Command& command, std::chrono::seconds limit) override {
    const bool of_image_alone = command.argv.size() == 2 && command.argv.back() == "--version";
    if (of_image_alone) {
      if (auto known = host_->known_version(engine_.image, command.argv.front())) return {0, *std::move(known)};
    }
    NewContainer wanted = describe(command, engine_.name + "-" + aws::random_hex(8));
    if (!command.input.empty()) wanted.input = NewContainer::Input::once;
    // Where ports are published, the engine's own network is the only one in which its address means the engine.
    if (host_->network().empty() && alive()) wanted.network = "container:" + container_;
    try {
      Ended ended = client().run(wanted, command.input, limit);
      if (of_image_alone && ended.exit_code == 0)
        host_->learn_version(engine_.image, command.argv.front(), ended.output);
      return {ended.exit_code, std::move(ended.output)};
    } catch (const TimedOut&) {
      return {kKilled, command.argv.front() + " took longer than " + std::to_string(limit.count()) + " s"};
    }
  }

  void start(const Command& command) override {
    if (!command.input.empty()) throw std::logic_error("an engine in a container reads no input");
    remove();
    open_console();
    NewContainer wanted = describe(command, engine_.name);
    // Written by the engine itself, the output needs nobody who follows it, and survives this server.
    wanted.command = {"/bin/sh", "-c", "exec \"$@\" >>/orrery/log/console.log 2>&1", "sh"};
    wanted.command.insert(wanted.command.end(), command.argv.begin(), command.argv.end());
    if (host_->network().empty()) {
      wanted.ports.push_back({place_.connect_host, place_.connect_port, place_.listen_port});
    }
    // One of this name is of an earlier life of this engine.
    client().remove(engine_.name);
    container_ = client().create(wanted);
    try {
      client().start(container_);
    } catch (const std::exception&) {
      remove();
      throw;
    }
    started_ = Clock::now();
  }

  bool alive() override { return !container_.empty() && host_->runs(container_, started_); }

  void stop(int signal, std::chrono::seconds limit) override {
    if (container_.empty()) return;
    try {
      client().kill(container_, std::to_string(signal));
      client().wait(container_, limit);
    } catch (const ApiError&) {  // it has ended already
    }
    remove();
  }

  void signal(int signal) override {
    if (!container_.empty()) client().kill(container_, std::to_string(signal));
  }

  void hand_over(const fs::path& outside) override { give_tree(outside, engine_.owner.uid, engine_.owner.gid); }

  /// A copy may come from an engine with another user: of another image, or of this machine.
  void copy_folder(const fs::path& from, const fs::path& to) override {
    copy_tree(from, to);
    hand_over(to);
  }

 private:
  const Client& client() const { return host_->client(); }

  NewContainer describe(const Command& command, const std::string& name) const {
    NewContainer wanted{.name = name,
                        .image = engine_.image,
                        .command = command.argv,
                        .environment = environment(command),
                        .labels = engine_.labels,
                        .mounts = {{host_->path_outside(place_.outside), kInside}},
                        .user = engine_.owner.text(),
                        .directory = kInside,
                        .network = host_->network(),
                        .user_namespace = host_->user_namespace(),
                        .shared_memory = kSharedMemory,
                        .stop_signal = engine_.stop_signal};
    if (host_->own_user()) {
      wanted.mounts.push_back({host_->path_outside(names_file()), "/etc/passwd", Mount::Access::read_only});
    }
    return wanted;
  }

  static std::map<std::string, std::string> environment(const Command& command) {
    std::map<std::string, std::string> environment{{"HOME", kInside}, {"LC_ALL", "C.UTF-8"}};
    for (const auto& [name, value] : command.environment) environment[name] = value;
    return environment;
  }

  void remove() {
    if (container_.empty()) return;
    client().remove(container_);
    container_.clear();
  }

  void open_console() {
    const fs::path console = place_.outside / "log" / "console.log";
    std::error_code missing;
    if (fs::file_size(console, missing) > kConsoleBytes && !missing) fs::rename(console, console.string() + ".1");
    // The folder is the engine's: a link in it must not lead us elsewhere.
    const int file = ::open(console.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) throw std::system_error(errno, std::generic_category(), "cannot write " + console.string());
    ::close(file);
    hand_over(console);
  }

  /// The file or folder itself, not what is in it.
  void give(const fs::path& path, mode_t mode) const {
    const bool given = geteuid() != 0 || ::chown(path.c_str(), engine_.owner.uid, engine_.owner.gid) == 0;
    if (!given || ::chmod(path.c_str(), mode) != 0) {
      throw std::runtime_error("cannot give " + path.string() + " to " + engine_.owner.text());
    }
  }

  /// In `conf`, for all but that, `log` and `tls` is cleared away before an engine's data is made.
  fs::path names_file() const { return place_.outside / "conf" / "passwd"; }

  /// Programs that ask for their user's name (initdb) find ours, which the image has never heard of.
  void write_names(const fs::path& file) const {
    write_file(file, "root:x:0:0:root:/root:/bin/sh\norrery:x:" + engine_.owner.text() + ":orrery:/orrery:/bin/sh\n");
    give(file, 0644);
  }

  const std::shared_ptr<Host> host_;
  const Engine engine_;
  Place place_;
  std::string container_;  ///< "": none
  Clock::time_point started_{};
};

}  // namespace

std::unique_ptr<Runtime> container_runtime(std::shared_ptr<Host> host, Engine engine,
                                           const Specification& specification, const fs::path& folder) {
  return std::make_unique<ContainerRuntime>(std::move(host), std::move(engine), specification, folder);
}

}  // namespace orrery::engines::docker
