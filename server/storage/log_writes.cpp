#include "storage/log_writes.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

namespace orrery::storage {

namespace {

constexpr int kFrameHeader = 24;  ///< bytes; "2.2. The WAL File Format" of sqlite.org/fileformat2.html
constexpr int kCommitField = 4;   ///< of that header: the database's size in pages in a commit's last frame, else 0
constexpr std::size_t kMostHeld =
    0x1ffff;  ///< bytes that SQLite's unixWrite() takes at once (seekAndWriteFd(), os_unix.c)

struct Held {
  std::vector<char> bytes;
  sqlite3_int64 end = 0;  ///< of the log as SQLite sees it
  bool commit = false;    ///< the page that comes next is a commit's last
};

/// As SQLite allocates it, with the default file system's file behind it.
struct LogFile {
  sqlite3_file base;
  Held* held;
};

LogFile& log(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&log(file) + 1); }

/// Nothing is held any more after it, also when it fails: SQLite takes back what it could not write.
int flush(sqlite3_file* file) {
  Held& held = *log(file).held;
  if (held.bytes.empty()) return SQLITE_OK;
  const auto size = static_cast<int>(held.bytes.size());
  const int result = real(file)->pMethods->xWrite(real(file), held.bytes.data(), size, held.end - size);
  held.bytes.clear();
  return result;
}

/// Only what is appended is held, and that only until the last page of a commit: SQLite shows a commit to readers, who
/// have files of their own, after it has written that page. What is written a second time (pages that did not fit into
/// the cache, the start of a new log) goes straight to the file.
int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  Held& held = *log(file).held;
  const auto* first = static_cast<const char*>(bytes);
  const bool header = size == kFrameHeader;
  const bool last = held.commit && !header;
  held.commit = header && std::any_of(first + kCommitField, first + 2 * kCommitField, [](char byte) { return byte; });
  const bool appended = offset == held.end;
  if (!appended || held.bytes.size() + static_cast<std::size_t>(size) > kMostHeld) {
    if (const int result = flush(file); result != SQLITE_OK) return result;
  }
  if (!appended) {
    held.end = offset == 0 ? size : std::max(held.end, offset + size);
    return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
  }
  held.bytes.insert(held.bytes.end(), first, first + size);
  held.end += size;
  return last ? flush(file) : SQLITE_OK;
}

int read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  const int result = flush(file);
  return result != SQLITE_OK ? result : real(file)->pMethods->xRead(real(file), bytes, size, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int result = flush(file);
  log(file).held->end = size;
  return result != SQLITE_OK ? result : real(file)->pMethods->xTruncate(real(file), size);
}

int sync(sqlite3_file* file, int flags) {
  const int result = flush(file);
  return result != SQLITE_OK ? result : real(file)->pMethods->xSync(real(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  const int result = flush(file);
  return result != SQLITE_OK ? result : real(file)->pMethods->xFileSize(real(file), size);
}

int close(sqlite3_file* file) {
  const int flushed = flush(file);
  delete log(file).held;
  const int closed = real(file)->pMethods->xClose(real(file));
  return flushed != SQLITE_OK ? flushed : closed;
}

int lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int reserved(sqlite3_file* file, int* held) { return real(file)->pMethods->xCheckReservedLock(real(file), held); }
int control(sqlite3_file* file, int operation, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int device(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }

/// Of version 1: shared memory and mappings belong to the database's own file.
constexpr sqlite3_io_methods kMethods{1,       close,   read,     write,   truncate,    sync,   file_size,
                                      lock,    unlock,  reserved, control, sector_size, device, nullptr,
                                      nullptr, nullptr, nullptr,  nullptr, nullptr};

sqlite3_vfs* default_files() {
  static sqlite3_vfs* const files = sqlite3_vfs_find(nullptr);
  return files;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
  sqlite3_vfs* const files = default_files();
  if (!(flags & SQLITE_OPEN_WAL)) return files->xOpen(files, name, file, flags, out);
  file->pMethods = nullptr;
  if (const int result = files->xOpen(files, name, real(file), flags, out); result != SQLITE_OK) return result;
  sqlite3_int64 size = 0;
  real(file)->pMethods->xFileSize(real(file), &size);
  log(file).held = new Held{{}, size, false};
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

}  // namespace

const char* log_writes() {
  static sqlite3_vfs files = [] {
    sqlite3_initialize();
    sqlite3_vfs own = *default_files();
    own.szOsFile += static_cast<int>(sizeof(LogFile));
    own.zName = "orrery";
    own.xOpen = open;
    return own;
  }();
  static const int registered = sqlite3_vfs_register(&files, 0);
  if (registered != SQLITE_OK) throw std::runtime_error("SQLite refuses a file system");
  return files.zName;
}

}  // namespace orrery::storage
