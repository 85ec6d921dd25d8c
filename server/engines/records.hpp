#pragma once
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "engines/specification.hpp"

namespace orrery::engines {

Json to_json(const Specification& specification);
Specification specification_from(const Json& document);

/// A note of each engine that has, or may have, a folder: what a crashed server was about, so that the next one can
/// still copy and remove what nobody names any more. Thread-safe.
class Records {
 public:
  struct Record {
    Specification specification;
    std::string backend;
    bool created = false;  ///< the data is complete
  };

  explicit Records(std::filesystem::path directory);
  std::vector<Record> list() const;
  void put(const Record& record);
  void erase(const std::string& id);

 private:
  const std::filesystem::path directory_;
};

}  // namespace orrery::engines
