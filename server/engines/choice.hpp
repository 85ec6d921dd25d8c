#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engines/driver.hpp"
#include "engines/machine.hpp"
#include "engines/supervisor.hpp"

namespace orrery::engines {

using Drivers = std::map<std::string, std::shared_ptr<Driver>, std::less<>>;

/// Every driver there is, by the name of its software.
Drivers all_drivers();

/// Which machine runs which software, settled once at start.
class Choice {
 public:
  struct Row {
    std::string software;
    Backend backend = Backend::off;
    std::string reason;
    std::shared_ptr<Driver> driver = {};
    std::shared_ptr<Machine> machine = {};
    Listening listening = Listening::anywhere;
  };

  /// `native` and `docker` may be null: not available here. Throws std::runtime_error for an --engines that names
  /// nothing known, or when a backend that was asked for by name is not possible.
  Choice(const Options& options, const Drivers& drivers, const std::shared_ptr<Machine>& native,
         const std::shared_ptr<Machine>& docker);

  /// nullptr: no such driver.
  const Row* find(std::string_view software) const;
  const std::vector<Row>& rows() const { return rows_; }
  bool all_off() const;

 private:
  std::vector<Row> rows_;
};

/// A choice made by its first user: looking for programs and sockets takes as long as the rest of a start.
class LateChoice {
 public:
  /// `make` must not throw; it is called once.
  explicit LateChoice(std::function<std::shared_ptr<const Choice>()> make);
  LateChoice(std::shared_ptr<const Choice> made);  // NOLINT(google-explicit-constructor): a choice made already is one
  const Choice* operator->() const;

 private:
  struct Once {
    std::function<std::shared_ptr<const Choice>()> make;
    std::mutex mutex = {};
    std::shared_ptr<const Choice> made = {};
  };
  std::shared_ptr<Once> once_;
};

std::string_view name_of(Backend backend);

}  // namespace orrery::engines
