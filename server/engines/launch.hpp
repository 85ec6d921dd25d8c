#pragma once
#include <sys/types.h>

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orrery::engines {

/// Who a child runs as.
struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups = {};  ///< supplementary
  bool switches = false;           ///< we are root, and become this user
};

/// We as we are, unless we are root: then the software's own user of this machine (postgres, redis), else nobody.
User user_for(std::string_view software);

/// True when the user can reach `folder` through all of its parents.
bool can_traverse(const User& user, const std::filesystem::path& folder);

struct Launch {
  std::string program;
  std::vector<std::string> arguments;    ///< argv, with argv[0]
  std::vector<std::string> environment;  ///< "NAME=value", all of it
  std::filesystem::path directory;       ///< where it starts
  int input = -1, output = -1;           ///< descriptors; -1: /dev/null
  const User* user = nullptr;
  /// Keeps a capability that lets the user pass folders closed to it.
  enum class Reach { own_rights, pass_folders } reach = Reach::own_rights;
  int death_signal = 9;  ///< sent when this server dies (Linux)
};

/// Starts children, each in a process group of its own, with no descriptor of ours. Linux's parent death signal is
/// tied to the *thread* that forked, so one thread that lives as long as this object forks for all. End the children
/// before it goes.
class Launcher {
 public:
  Launcher();
  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  /// Returns the process id, which leads its group. Throws std::runtime_error: what could not be done, and why.
  pid_t launch(const Launch& launch);

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orrery::engines
