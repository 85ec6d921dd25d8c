#pragma once
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace orrery::engines {

/// The folder of an id ("rds/000000000000/us-east-1/db-A") below `root`. Throws std::invalid_argument for an id that
/// would leave it.
std::filesystem::path folder_of(const std::filesystem::path& root, std::string_view id);
/// The id as one file name ("rds%2F…").
std::string file_name_of(std::string_view id);

/// Replaces a file as a whole (a temporary name, then renamed), readable by us alone. Throws std::runtime_error.
void write_file(const std::filesystem::path& file, std::string_view text);
/// The whole file; "" when there is none.
std::string read_file(const std::filesystem::path& file);
/// The last lines of a file, at most `limit` bytes, whole lines.
std::string tail(const std::filesystem::path& file, std::size_t limit);

/// Copies a tree: sharing the bytes where the file system can (reflink), else copying; modes, times and (as root)
/// owners kept; sparse and special files other than links and folders skipped. Throws std::runtime_error.
void copy_tree(const std::filesystem::path& from, const std::filesystem::path& to);
/// Bytes of all files below.
std::uint64_t tree_bytes(const std::filesystem::path& folder);
/// Makes a file or a tree belong to a user, readable by that user alone. Links are not followed.
void give_tree(const std::filesystem::path& path, uid_t uid, gid_t gid);
/// Makes the folder and its parents, also while remove_tree() takes a neighbour's parents away.
void make_tree(const std::filesystem::path& folder);
/// Removes the folder and the parents below `root` that are empty then.
void remove_tree(const std::filesystem::path& root, const std::filesystem::path& folder);

}  // namespace orrery::engines
