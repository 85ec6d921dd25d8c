#pragma once
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// An object whose rest cannot be read.
class MalformedSource : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Finds the items in one object of an import.
class ImportReader {
 public:
  /// Gets a function for each item, which gives the item or throws ValidationException.
  using Found = std::function<void(const std::function<Json()>& item)>;

  virtual ~ImportReader() = default;
  /// Bytes as they come, decompressed. Throws MalformedSource.
  virtual void write(std::string_view bytes) = 0;
  virtual void finish() = 0;
};

/// How an ImportTable's input is to be read.
struct ImportFormat {
  std::string name;  ///< "DYNAMODB_JSON", "ION" or "CSV"
  char delimiter = ',';
  std::vector<std::string> headers;  ///< of every CSV file; without them its first line has them
};
ImportFormat import_format(const Input& input);

std::unique_ptr<ImportReader> import_reader(const ImportFormat& format, const Table& table, ImportReader::Found found);

}  // namespace orrery::dynamodb
