#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <thread>

#include "engines/folders.hpp"
#include "engines/launch.hpp"
#include "engines/machine.hpp"
#include "engines/pid_file.hpp"
#include "engines/programs.hpp"

namespace orrery::engines {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kOutputBytes = 64 * 1024;
constexpr std::uintmax_t kConsoleBytes = 8 << 20;
constexpr std::chrono::milliseconds kPoll{5}, kRepeat{500};
constexpr std::chrono::seconds kLeftoverLimit{10};

class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    for (const int end : ends_) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_reader() { close(ends_[0]); }
  void close_writer() { close(ends_[1]); }

 private:
  static void close(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
  }
  int ends_[2] = {-1, -1};
};

/// What programs of this machine say of themselves (`postgres --version` takes longer than many a start), as long as
/// they are the same files.
class Sayings {
 public:
  /// What to remember an answer under; "" for a command that asks for anything else.
  static std::string name_of(const Launch& launch) {
    const auto& words = launch.arguments;
    if (words.size() != 2 || (words[1] != "--version" && words[1] != "--pkglibdir" && words[1] != "--configure"))
      return "";
    struct stat status {};
    if (::stat(launch.program.c_str(), &status) != 0) return "";
    return launch.program + " " + words[1] + " " + std::to_string(status.st_ino) + " " +
           std::to_string(status.st_size) + " " + std::to_string(status.st_mtime);
  }
  std::optional<std::string> find(const std::string& name) {
    const std::lock_guard guard(mutex_);
    const auto found = known_.find(name);
    return found == known_.end() ? std::nullopt : std::optional(found->second);
  }
  void learn(const std::string& name, const std::string& output) {
    const std::lock_guard guard(mutex_);
    known_[name] = output;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> known_;
};

int exit_code_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

/// Gives the input and takes the output until the other side closes it, or the limit passes (false).
bool converse(Pipe& in, Pipe& out, std::string_view input, std::string& output, Clock::time_point until) {
  ::fcntl(in.writer(), F_SETFL, O_NONBLOCK);
  if (input.empty()) in.close_writer();
  for (;;) {
    pollfd wanted[2] = {{out.reader(), POLLIN, 0}, {in.writer(), POLLOUT, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    if (::poll(wanted, in.writer() >= 0 ? 2 : 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) < 0) continue;
    if (in.writer() >= 0 && wanted[1].revents != 0) {
      const ssize_t written = ::write(in.writer(), input.data(), input.size());
      if (written > 0) input.remove_prefix(static_cast<std::size_t>(written));
      if (input.empty() || (written < 0 && errno != EAGAIN && errno != EINTR)) in.close_writer();
    }
    if (wanted[0].revents == 0) continue;
    std::array<char, 8192> buffer;
    const ssize_t got = ::read(out.reader(), buffer.data(), buffer.size());
    if (got == 0 || (got < 0 && errno != EINTR)) return true;
    if (got < 0) continue;
    output.append(buffer.data(), static_cast<std::size_t>(got));
    if (output.size() > 2 * kOutputBytes) output.erase(0, output.size() - kOutputBytes);
  }
}

/// Children of this process on this machine's own programs.
class NativeRuntime final : public Runtime {
 public:
  NativeRuntime(Launcher& launcher, Sayings& sayings, const Specification& specification, const Driver& driver,
                const fs::path& folder, fs::path pid_file)
      : launcher_(launcher),
        sayings_(sayings),
        user_(user_for(specification.software)),
        pid_file_(std::move(pid_file)),
        programs_(specification.software, specification.version),
        stop_signal_(driver.stop_signal()) {
    place_ = {folder, folder, specification.host, specification.port, specification.host, specification.port};
    make_tree(folder);
    for (const char* part : {"conf", "log", "tls"}) fs::create_directories(folder / part);
    // What is in these is small; data/ is its own, and big.
    for (const char* part : {"conf", "log", "tls"}) hand_over(folder / part);
    give_folder();
    reach_ = can_traverse(user_, folder) ? Launch::Reach::own_rights : Launch::Reach::pass_folders;
  }

  ~NativeRuntime() override {
    if (pid_ > 0) end_group();
  }

  const Place& place() const override { return place_; }

  Outcome run(const Command& command, std::chrono::seconds limit) override {
    Launch launch = prepare(command);
    const std::string saying = Sayings::name_of(launch);
    if (auto known = saying.empty() ? std::nullopt : sayings_.find(saying)) return {0, *std::move(known)};
    Pipe in, out;
    launch.input = in.reader();
    launch.output = out.writer();
    const pid_t pid = launcher_.launch(launch);
    in.close_reader();
    out.close_writer();
    Outcome outcome;
    const bool in_time = converse(in, out, command.input, outcome.output, Clock::now() + limit);
    if (!in_time) ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (outcome.output.size() > kOutputBytes) outcome.output.erase(0, outcome.output.size() - kOutputBytes);
    outcome.exit_code = exit_code_of(status);
    if (in_time && outcome.exit_code == 0 && !saying.empty()) sayings_.learn(saying, outcome.output);
    if (!in_time)
      outcome.output += "\n" + command.argv.front() + " took longer than " + std::to_string(limit.count()) + " s";
    return outcome;
  }

  void start(const Command& command) override {
    const fs::path console = place_.outside / "log" / "console.log";
    std::error_code missing;
    if (fs::file_size(console, missing) > kConsoleBytes && !missing)
      fs::rename(console, place_.outside / "log" / "console.log.1");
    const int log = ::open(console.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (log < 0) throw std::system_error(errno, std::generic_category(), "cannot write " + console.string());
    Pipe in;
    try {
      hand_over(console);
      Launch launch = prepare(command);
      launch.output = log;
      launch.death_signal = stop_signal_;
      if (!command.input.empty()) launch.input = in.reader();
      const pid_t pid = launcher_.launch(launch);
      write_pid_file(pid_file_, {pid, start_time(pid), stop_signal_});
      const std::lock_guard guard(mutex_);
      pid_ = pid;
    } catch (...) {
      ::close(log);
      throw;
    }
    ::close(log);
    in.close_reader();
    [[maybe_unused]] const auto written = ::write(in.writer(), command.input.data(), command.input.size());
  }

  bool alive() override {
    const std::lock_guard guard(mutex_);
    return pid_ > 0 && !reap_if_ended();
  }

  void stop(int signal, std::chrono::seconds limit) override {
    const auto until = Clock::now() + limit;
    auto next = Clock::now();
    while (alive()) {
      if (Clock::now() > until) return end_group();
      // More than once: Redis does not listen while it writes its first append-only file ("Writing initial AOF, can't
      // exit").
      if (Clock::now() >= next) send(signal), next += kRepeat;
      std::this_thread::sleep_for(kPoll);
    }
  }

  void signal(int signal) override { send(signal); }

  void hand_over(const fs::path& outside) override { give_tree(outside, user_.uid, user_.gid); }

  void copy_folder(const fs::path& from, const fs::path& to) override { copy_tree(from, to); }

 private:
  /// The folder itself, not what is in it.
  void give_folder() {
    if (::chmod(place_.outside.c_str(), 0700) != 0 ||
        (user_.switches && ::chown(place_.outside.c_str(), user_.uid, user_.gid) != 0)) {
      throw std::system_error(errno, std::generic_category(),
                              "cannot give " + place_.outside.string() + " to " + user_.name);
    }
  }

  Launch prepare(const Command& command) const {
    if (command.argv.empty()) throw std::logic_error("a command without a program");
    const auto program = programs_.find(command.argv.front());
    if (!program) throw std::runtime_error("there is no " + command.argv.front() + " on this machine");
    Launch launch;
    launch.program = program->string();
    launch.arguments = command.argv;
    launch.arguments.front() = launch.program;
    // Nothing of our own environment: it holds credentials and settings of clients (PGHOST, AWS_…).
    std::map<std::string, std::string> environment = {
        {"PATH", program->parent_path().string() + ":/usr/local/bin:/usr/bin:/bin"},
        {"HOME", place_.inside.string()},
        {"TMPDIR", "/tmp"},
        {"LC_ALL", "C.UTF-8"}};
    for (const auto& [name, value] : command.environment) environment[name] = value;
    for (const auto& [name, value] : environment) launch.environment.push_back(name + "=" + value);
    launch.directory = place_.outside;
    launch.user = &user_;
    launch.reach = reach_;
    return launch;
  }

  void send(int signal) {
    const std::lock_guard guard(mutex_);
    if (pid_ > 0 && !reap_if_ended()) ::kill(pid_, signal);
  }

  void end_group() {
    const std::lock_guard guard(mutex_);
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    forget();
  }

  /// Looks whether the leader ended; ends what is left of its group before its id is given back.
  bool reap_if_ended() {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == EINTR)
      return false;
    if (info.si_pid != pid_) return false;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    forget();
    return true;
  }

  void forget() {
    pid_ = 0;
    std::error_code ignored;
    fs::remove(pid_file_, ignored);
  }

  Launcher& launcher_;
  Sayings& sayings_;
  const User user_;
  const fs::path pid_file_;
  const Programs programs_;
  const int stop_signal_;
  Place place_;
  Launch::Reach reach_ = Launch::Reach::own_rights;
  std::mutex mutex_;
  pid_t pid_ = 0;
};

class NativeMachine final : public Machine {
 public:
  NativeMachine(fs::path run_directory, Log log) : run_directory_(std::move(run_directory)), log_(std::move(log)) {}

  Verdict judge(std::string_view software, const Driver& driver) override {
    const Programs programs(software, "");
    std::string first;
    for (const auto& name : driver.programs()) {
      const auto found = programs.find(name);
      if (!found) return {false, "no " + name + " on this machine"};
      if (first.empty()) first = found->string();
    }
    return {true, first};
  }

  std::unique_ptr<Runtime> runtime(const Specification& specification, const Driver& driver,
                                   const fs::path& folder) override {
    fs::create_directories(run_directory_);
    return std::make_unique<NativeRuntime>(launcher_, sayings_, specification, driver, folder,
                                           run_directory_ / (file_name_of(specification.id) + ".pid"));
  }

  void end_leftovers() override {
    if (!fs::exists(run_directory_)) return;
    std::vector<std::pair<fs::path, PidFile>> leftovers;
    for (const auto& entry : fs::directory_iterator(run_directory_)) {
      const auto note = read_pid_file(entry.path());
      if (note && still_runs(*note))
        leftovers.emplace_back(entry.path(), *note);
      else
        fs::remove(entry.path());
    }
    for (const auto& [file, note] : leftovers) {
      log_(Severity::warning, "ending process " + std::to_string(note.pid) + ", which an earlier server left (" +
                                  file.stem().string() + ")");
      ::kill(note.pid, note.stop_signal);
      ::kill(note.pid, SIGCONT);  // that server may have died while it held it still for a copy
    }
    const auto until = Clock::now() + kLeftoverLimit;
    for (const auto& [file, note] : leftovers) {
      while (still_runs(note) && Clock::now() < until) std::this_thread::sleep_for(kPoll);
      if (still_runs(note)) ::kill(-note.pid, SIGKILL);
      while (still_runs(note) && Clock::now() < until + kLeftoverLimit) std::this_thread::sleep_for(kPoll);
      fs::remove(file);
    }
  }

 private:
  const fs::path run_directory_;
  const Log log_;
  Launcher launcher_;
  Sayings sayings_;
};

}  // namespace

void Machine::remove_folder(const fs::path& folder) { fs::remove_all(folder); }

std::unique_ptr<Machine> native_machine(const fs::path& run_directory, Log log) {
  return std::make_unique<NativeMachine>(run_directory, std::move(log));
}

}  // namespace orrery::engines
