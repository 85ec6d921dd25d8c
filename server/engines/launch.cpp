#include "engines/launch.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include <cerrno>
#include <csignal>
#include <future>
#include <system_error>

namespace orrery::engines {

namespace {

/// What the child was doing when it failed, told to the parent through a pipe.
enum class Stage : int { group, limits, identity, capability, directory, descriptors, parent, execute };
struct Failure {
  Stage stage;
  int error;
};

std::string describe(const Failure& failure, const Launch& launch) {
  const std::string why = std::error_code(failure.error, std::generic_category()).message();
  switch (failure.stage) {
    case Stage::identity:
      return "cannot become user " + launch.user->name + ": " + why;
    case Stage::capability:
      return "user " + launch.user->name + " cannot reach " + launch.directory.string() +
             " (a parent folder is closed to it), and neither CAP_DAC_READ_SEARCH nor CAP_DAC_OVERRIDE can be given (" +
             why + "): choose a --data-dir below a folder that all may pass";
    case Stage::directory:
      return "cannot enter " + launch.directory.string() + ": " + why;
    case Stage::parent:
      return "the server is going";
    default:
      return "cannot start " + launch.program + ": " + why;
  }
}

// Everything below runs in the child between fork and exec: only what is async-signal-safe, and no allocation.

[[noreturn]] void fail(int report, Stage stage, int error = errno) {
  const Failure failure{stage, error};
  [[maybe_unused]] const auto written = ::write(report, &failure, sizeof failure);
  ::_exit(127);
}

#ifdef __linux__
/// Keeps one capability over the change of the user and the exec, as an ambient one. EPERM when we lack it.
bool keep_capability(unsigned capability) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  data[capability / 32].permitted = data[capability / 32].effective = data[capability / 32].inheritable =
      1U << (capability % 32);
  return ::syscall(SYS_capset, &header, data) == 0 &&
         ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0;
}
#endif

void become(const Launch& launch, int report) {
  const User& user = *launch.user;
  if (!user.switches) return;
#ifdef __linux__
  // The raw calls: the library's wrappers signal all threads of a process, and here is only one.
  const bool keep = launch.reach == Launch::Reach::pass_folders;
  if (keep) ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  if (::syscall(SYS_setgroups, user.groups.size(), user.groups.data()) != 0 ||
      ::syscall(SYS_setresgid, user.gid, user.gid, user.gid) != 0 ||
      ::syscall(SYS_setresuid, user.uid, user.uid, user.uid) != 0) {
    fail(report, Stage::identity);
  }
  if (keep && !keep_capability(CAP_DAC_READ_SEARCH) && !keep_capability(CAP_DAC_OVERRIDE)) {
    fail(report, Stage::capability);
  }
#else
  if (::setgroups(static_cast<int>(user.groups.size()), user.groups.data()) != 0 || ::setgid(user.gid) != 0 ||
      ::setuid(user.uid) != 0) {
    fail(report, Stage::identity);
  }
#endif
}

/// Standard streams as asked, the report at 3 (closed by exec), nothing else.
int arrange_descriptors(const Launch& launch, int report) {
  const int null = ::open("/dev/null", O_RDWR);
  // Out of the way of 0 to 3 first.
  const int input = ::fcntl(launch.input < 0 ? null : launch.input, F_DUPFD, 10);
  const int output = ::fcntl(launch.output < 0 ? null : launch.output, F_DUPFD, 10);
  const int away = ::fcntl(report, F_DUPFD, 10);
  if (input < 0 || output < 0 || away < 0) fail(report, Stage::descriptors);
  if (::dup2(input, 0) < 0 || ::dup2(output, 1) < 0 || ::dup2(output, 2) < 0 || ::dup2(away, 3) < 0) {
    fail(away, Stage::descriptors);
  }
  ::fcntl(3, F_SETFD, FD_CLOEXEC);
#if defined(__linux__) && defined(SYS_close_range)
  if (::syscall(SYS_close_range, 4U, ~0U, 0U) == 0) return 3;
#endif
  const long limit = ::sysconf(_SC_OPEN_MAX);
  for (int descriptor = 4; descriptor < limit; ++descriptor) ::close(descriptor);
  return 3;
}

void reset_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void child(const Launch& launch, pid_t parent, char* const* argv, char* const* environment, int report) {
  if (::setpgid(0, 0) != 0) fail(report, Stage::group);
  reset_signals();
  ::umask(077);
  report = arrange_descriptors(launch, report);
  if (::chdir(launch.directory.c_str()) != 0) fail(report, Stage::directory);
  become(launch, report);
#ifdef __linux__
  // After the change of the user, which clears it; then see whether the parent went before it was set.
  if (::prctl(PR_SET_PDEATHSIG, launch.death_signal, 0, 0, 0) != 0) fail(report, Stage::parent);
#endif
  if (::getppid() != parent) fail(report, Stage::parent);
  ::execve(launch.program.c_str(), argv, environment);
  fail(report, Stage::execute);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

/// A child on its way to its program, and where it reports why it did not get there.
struct Child {
  pid_t pid = 0;
  int report = -1;
};

Child fork_child(const Launch& launch) {
  const std::vector<char*> argv = pointers(launch.arguments), environment = pointers(launch.environment);
  int report[2];
  if (::pipe(report) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  ::fcntl(report[0], F_SETFD, FD_CLOEXEC);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) child(launch, parent, argv.data(), environment.data(), report[1]);
  const int fork_error = errno;
  ::close(report[1]);
  if (pid > 0) return {pid, report[0]};
  ::close(report[0]);
  throw std::system_error(fork_error, std::generic_category(), "cannot start " + launch.program);
}

/// Waits until the program runs.
pid_t arrive(const Child& child, const Launch& launch) {
  Failure failure{};
  ssize_t got = 0;
  do got = ::read(child.report, &failure, sizeof failure);
  while (got < 0 && errno == EINTR);
  ::close(child.report);
  if (got <= 0) return child.pid;  // closed by exec
  while (::waitpid(child.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  throw std::runtime_error(describe(failure, launch));
}

}  // namespace

Launcher::Launcher() : thread_([this] { loop(); }) {}

Launcher::~Launcher() {
  {
    const std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

pid_t Launcher::launch(const Launch& launch) {
  std::packaged_task<Child()> task([&launch] { return fork_child(launch); });
  std::future<Child> started = task.get_future();
  {
    const std::lock_guard guard(mutex_);
    queue_.emplace_back([&task] { task(); });
  }
  arrived_.notify_one();
  // Here, not on the one thread that forks: several are on their way at the same time.
  return arrive(started.get(), launch);
}

void Launcher::loop() {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock guard(mutex_);
      arrived_.wait(guard, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace orrery::engines
