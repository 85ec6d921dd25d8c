#pragma once
#include "registry/s3_peer.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// The objects of one export, as "DynamoDB table export output format" in the developer guide lays them out (and as a
/// recorded export has them, gurre/ddb-pitr at 02acf36, where the checksum files end in ".md5"):
///
///   prefix/AWSDynamoDB/ID/_started, manifest-summary.json, manifest-summary.md5, manifest-files.json,
///   manifest-files.md5 prefix/AWSDynamoDB/ID/data/NAME.json.gz     of a full export
///   prefix/AWSDynamoDB/data/NAME.json.gz        of an incremental one
class ExportFiles {
 public:
  struct Place {
    ObjectToPut object;  ///< without its key
    std::string prefix, id;
    std::string format;  ///< "DYNAMODB_JSON" or "ION"
    bool incremental = false;
  };

  /// Writes "_started": a bucket that cannot be written to is found here. Throws S3's errors, as all that follows.
  ExportFiles(RequestContext& context, Place place);
  ~ExportFiles();

  /// One line of the data: these members, each an item, in order.
  using Line = std::vector<std::pair<std::string_view, const Json*>>;
  void add(const Line& line);

  std::int64_t items() const { return items_; }
  std::string summary_key() const { return folder_ + "manifest-summary.json"; }
  std::string manifest_key() const { return folder_ + "manifest-files.json"; }

  /// Closes the data and writes the manifests.
  void finish(const nlohmann::ordered_json& summary);

 private:
  class Gzip;
  void put(const std::string& key, const std::string& text);
  void put_with_checksum(const std::string& name, const std::string& text);

  RequestContext& context_;
  Place place_;
  std::string root_, folder_;
  std::unique_ptr<Gzip> data_;
  std::int64_t items_ = 0;
};

}  // namespace orrery::dynamodb
