#include "engines/folders.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/fs.h>
#endif

#include <fstream>
#include <stdexcept>
#include <system_error>

namespace orrery::engines {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const std::string& what, const fs::path& path) {
  throw std::runtime_error(what + " " + path.string() + ": " +
                           std::error_code(errno, std::generic_category()).message());
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0)
      : value_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode)) {
    if (value_ < 0) fail("cannot open", path);
  }
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

void write_all(int descriptor, const char* data, std::size_t size, const fs::path& path) {
  while (size > 0) {
    const ssize_t written = ::write(descriptor, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("cannot write", path);
    data += written;
    size -= static_cast<std::size_t>(written);
  }
}

void copy_bytes(int from, int to, const fs::path& path) {
#ifdef FICLONE
  if (::ioctl(to, FICLONE, from) == 0) return;
#endif
  std::vector<char> buffer(1 << 18);
  for (;;) {
#ifdef __linux__
    const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, std::size_t{1} << 30, 0);
    if (copied == 0) return;
    if (copied > 0) continue;
#endif
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read", path);
    if (got == 0) return;
    write_all(to, buffer.data(), static_cast<std::size_t>(got), path);
  }
}

void copy_entry(const fs::path& from, const fs::path& to) {
  struct stat status {};
  if (::lstat(from.c_str(), &status) != 0) {
    if (errno == ENOENT) return;  // the owner removed it meanwhile
    fail("cannot read", from);
  }
  if (S_ISLNK(status.st_mode)) {
    fs::create_symlink(fs::read_symlink(from), to);
  } else if (S_ISDIR(status.st_mode)) {
    if (::mkdir(to.c_str(), 0700) != 0) fail("cannot make", to);
    for (const auto& entry : fs::directory_iterator(from)) copy_entry(entry.path(), to / entry.path().filename());
  } else if (S_ISREG(status.st_mode)) {
    const Descriptor source(from, O_RDONLY), target(to, O_WRONLY | O_CREAT | O_EXCL, 0600);
    copy_bytes(source.get(), target.get(), from);
  } else {
    return;
  }
  if (::geteuid() == 0 && ::lchown(to.c_str(), status.st_uid, status.st_gid) != 0) fail("cannot give away", to);
  if (S_ISLNK(status.st_mode)) return;
  if (::chmod(to.c_str(), status.st_mode & 07777) != 0) fail("cannot set the mode of", to);
#ifdef __linux__
  const timespec times[2] = {status.st_atim, status.st_mtim};
  ::utimensat(AT_FDCWD, to.c_str(), times, AT_SYMLINK_NOFOLLOW);
#endif
}

bool plain_part(std::string_view part) {
  return !part.empty() && part.front() != '.' &&
         part.find_first_of(std::string_view("\0/\\", 3)) == std::string_view::npos;
}

}  // namespace

fs::path folder_of(const fs::path& root, std::string_view id) {
  fs::path folder = root;
  for (std::string_view rest = id;;) {
    const auto slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (!plain_part(part)) throw std::invalid_argument("not an engine's id: " + std::string(id));
    folder /= part;
    if (slash == std::string_view::npos) return folder;
    rest = rest.substr(slash + 1);
  }
}

std::string file_name_of(std::string_view id) {
  std::string name;
  for (const char c : id) {
    if (c == '/')
      name += "%2F";
    else if (c == '%')
      name += "%25";
    else
      name += c;
  }
  return name;
}

void write_file(const fs::path& file, std::string_view text) {
  const fs::path temporary = file.parent_path() / (file.filename().string() + ".new");
  {
    ::unlink(temporary.c_str());
    const Descriptor target(temporary, O_WRONLY | O_CREAT | O_EXCL, 0600);
    write_all(target.get(), text.data(), text.size(), temporary);
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) fail("cannot write", file);
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string tail(const fs::path& file, std::size_t limit) {
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) return "";
  const auto size = static_cast<std::size_t>(stream.tellg());
  const std::size_t length = std::min(size, limit);
  stream.seekg(static_cast<std::streamoff>(size - length));
  std::string text(length, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(length));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (length < size) text.erase(0, text.find('\n') + 1);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void copy_tree(const fs::path& from, const fs::path& to) {
  if (!fs::is_directory(from)) throw std::runtime_error("there is no folder " + from.string());
  make_tree(to.parent_path());
  copy_entry(from, to);
}

std::uint64_t tree_bytes(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (entry->is_regular_file(gone) && !entry->is_symlink(gone)) {
      const auto size = entry->file_size(gone);
      if (!gone) bytes += size;
    }
  }
  return bytes;
}

void give_tree(const fs::path& path, uid_t uid, gid_t gid) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) fail("cannot read", path);
  if (S_ISDIR(status.st_mode)) {
    for (const auto& entry : fs::directory_iterator(path)) give_tree(entry.path(), uid, gid);
  }
  if (!S_ISLNK(status.st_mode) && ::chmod(path.c_str(), S_ISDIR(status.st_mode) ? 0700 : 0600) != 0) {
    fail("cannot set the mode of", path);
  }
  if (::geteuid() == 0 && ::lchown(path.c_str(), uid, gid) != 0) fail("cannot give away", path);
}

void make_tree(const fs::path& folder) {
  for (int attempt = 1;; ++attempt) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) return;
    if (error != std::errc::no_such_file_or_directory || attempt == 100)
      throw fs::filesystem_error("cannot make a folder", folder, error);
  }
}

void remove_tree(const fs::path& root, const fs::path& folder) {
  fs::remove_all(folder);
  std::error_code not_empty;
  for (fs::path parent = folder.parent_path(); parent != root && parent.has_relative_path();
       parent = parent.parent_path()) {
    if (!fs::remove(parent, not_empty)) return;
  }
}

}  // namespace orrery::engines
