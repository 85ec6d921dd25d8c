#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engines/driver.hpp"

namespace orrery::engines {

/// One engine in hand, for the length of one call of its driver: what the drivers of databases share.
struct InHand {
  InHand(const Specification& wanted, Runtime& where, Surroundings* around)
      : specification(wanted), runtime(where), surroundings(around) {}

  const Specification& specification;
  Runtime& runtime;
  Surroundings* surroundings;  ///< null only in Driver::answers and Driver::tend

  std::filesystem::path outside(const std::string& part) const { return runtime.place().outside / part; }
  std::string inside(const std::string& part) const { return (runtime.place().inside / part).string(); }
  /// The folder of another engine of the same server.
  std::filesystem::path folder_of(const std::string& id) const;
  /// For what all engines share: templates.
  std::filesystem::path shared_folder() const;
  /// Another engine's specification; nullopt while it is not running.
  std::optional<Specification> running(const std::string& id) const;
  /// Runs a program and throws with its last words unless it ends well.
  std::string run(const Command&, std::chrono::seconds limit) const;
  /// Replaces a file whole, readable by the engine alone.
  void write(const std::filesystem::path& outside, const std::string& text) const;
  /// Moves a folder to where there is none, also to another device.
  void move_folder(const std::filesystem::path& from, const std::filesystem::path& to) const;
  /// Makes these folders of the engine that are not there yet.
  void make_folders(std::initializer_list<const char*> parts) const;
  /// tls/server.crt, server.key and ca.crt, for its own addresses and `also`; again when those are others or the
  /// certificate is half a year old.
  void certify(const std::vector<std::string>& also) const;
  void log(const std::string& line) const;
};

/// As a client inside the engine's place reaches an engine that listens everywhere.
std::string reachable(const std::string& host);
/// The end of a program's output, for people.
std::string last_lines(const std::string& output);

/// Makes data/ of a new engine: a copy of the folder `prepared`, which is whole when it has the file `proof`. The first
/// engine makes it, by `initialize`, which fills the folder (a part of the engine's) that it is given.
void make_from_template(const InHand&, const std::filesystem::path& prepared, const char* proof,
                        const std::function<void(const std::string& part)>& initialize);

/// Makes a copy of the template for the next engine, where the last one took it.
void keep_spare(const InHand&, const std::filesystem::path& prepared, const char* proof);

/// What the settings of every database say.
struct DatabaseSettings {
  std::string user, password, database, replica_of;
  std::map<std::string, std::string> parameters;
  std::optional<std::int64_t> recover_to;  ///< milliseconds
  bool force_tls = false, iam = false;
};
DatabaseSettings database_settings(const Json& settings);

/// A text of the settings; "" where there is none.
std::string text_of(const Json& settings, const char* name);

}  // namespace orrery::engines
