#include "engines/programs.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace orrery::engines {

namespace {

namespace fs = std::filesystem;

struct Versioned {
  int major = 0;
  fs::path bin;
};

/// The number at the end of a folder's name: "15", "pgsql-15", "postgresql@15".
int trailing_number(std::string_view name) {
  std::size_t begin = name.size();
  while (begin > 0 && name[begin - 1] >= '0' && name[begin - 1] <= '9') --begin;
  int number = 0;
  std::from_chars(name.data() + begin, name.data() + name.size(), number);
  return number;
}

/// Folders `parent`/`prefix`NN/bin, newest first.
void add_versioned(std::vector<Versioned>& out, const fs::path& parent, std::string_view prefix) {
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const int major = trailing_number(name);
    if (!name.starts_with(prefix) || major == 0 || !fs::is_directory(entry->path() / "bin", error)) continue;
    out.push_back({major, entry->path() / "bin"});
  }
}

std::vector<Versioned> versioned_folders(std::string_view software) {
  std::vector<Versioned> found;
  if (software == "postgres") {
    add_versioned(found, "/usr/lib/postgresql", "");           // Debian, Ubuntu
    add_versioned(found, "/usr", "pgsql-");                    // PostgreSQL's own packages for Red Hat
    add_versioned(found, "/opt/homebrew/opt", "postgresql@");  // Homebrew
    add_versioned(found, "/usr/local/opt", "postgresql@");
  }
  std::sort(found.begin(), found.end(), [](const Versioned& a, const Versioned& b) { return a.major > b.major; });
  return found;
}

}  // namespace

Programs::Programs(std::string_view software, std::string_view version) {
  const std::vector<Versioned> versioned = versioned_folders(software);
  int wanted = 0;
  std::from_chars(version.data(), version.data() + version.size(), wanted);
  for (const auto& folder : versioned) {
    if (folder.major == wanted) folders_.push_back(folder.bin);
  }
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    if (folder.starts_with('/')) folders_.emplace_back(folder);
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
  for (const auto& folder : versioned) folders_.push_back(folder.bin);
  // All programs of one PostgreSQL: what lies on PATH beside another's are clients, or Debian's wrappers.
  if (const auto server = software == "postgres" ? find("postgres") : std::nullopt)
    folders_.insert(folders_.begin(), server->parent_path());
  // Debian puts servers here, which users who are not root have not on their PATH.
  for (const char* folder : {"/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin"}) folders_.emplace_back(folder);
}

std::optional<fs::path> Programs::find(std::string_view name) const {
  for (const auto& folder : folders_) {
    const fs::path candidate = folder / name;
    std::error_code error;
    if (fs::is_regular_file(candidate, error) && ::access(candidate.c_str(), X_OK) == 0) {
      // A symbolic link on PATH is followed, so that the program finds its neighbours (initdb looks for postgres).
      const fs::path real = fs::canonical(candidate, error);
      return error || real.filename() != candidate.filename() ? candidate : real;
    }
  }
  return std::nullopt;
}

}  // namespace orrery::engines
