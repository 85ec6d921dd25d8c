#pragma once

namespace orrery::storage {

/// The name of an SQLite file system that writes what a commit appends to the write-ahead log in one call; SQLite
/// itself makes two for each page, which is a good part of a small commit's time. All else is the default file
/// system's. Registers it on the first call; safe to call from any thread.
const char* log_writes();

}  // namespace orrery::storage
