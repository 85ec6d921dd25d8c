#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engines/launch.hpp"

namespace orrery::engines {

namespace {

std::optional<User> look_up(const std::string& name) {
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
    return std::nullopt;
  User user{name, entry.pw_uid, entry.pw_gid, {}, true};
#ifdef __linux__
  int count = 64;
  user.groups.resize(static_cast<std::size_t>(count));
  if (::getgrouplist(name.c_str(), entry.pw_gid, user.groups.data(), &count) < 0) count = 0;
  user.groups.resize(static_cast<std::size_t>(count));
#endif
  return user;
}

}  // namespace

User user_for(std::string_view software) {
  if (::geteuid() != 0) return {"", ::geteuid(), ::getegid(), {}, false};
  std::vector<std::string> names;
  if (software == "postgres") names = {"postgres"};
  if (software == "redis") names = {"redis"};
  if (software == "valkey") names = {"valkey", "redis"};
  if (software == "mariadb" || software == "mysql") names = {"mysql"};
  if (software == "memcached") names = {"memcache", "memcached"};
  names.emplace_back("nobody");
  for (const auto& name : names) {
    if (auto user = look_up(name)) return *std::move(user);
  }
  throw std::runtime_error("this machine has no user nobody to run engines as");
}

bool can_traverse(const User& user, const std::filesystem::path& folder) {
  if (!user.switches) return true;
  for (auto parent = folder.parent_path();; parent = parent.parent_path()) {
    struct stat status {};
    if (::stat(parent.c_str(), &status) != 0) return false;
    const bool in_group = status.st_gid == user.gid ||
                          std::find(user.groups.begin(), user.groups.end(), status.st_gid) != user.groups.end();
    const mode_t needed = status.st_uid == user.uid ? S_IXUSR : in_group ? S_IXGRP : S_IXOTH;
    if ((status.st_mode & needed) == 0) return false;
    if (parent == parent.parent_path()) return true;
  }
}

}  // namespace orrery::engines
