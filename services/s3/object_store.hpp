#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/clock.hpp"
#include "aws/json.hpp"
#include "storage/store.hpp"

namespace orrery::s3 {

enum class Versioning { never, enabled, suspended };

struct Bucket {
  std::string name, account, region;
  aws::Millis created = 0;
  Versioning versioning = Versioning::never;
};

/// A stretch of one stored body. An object is a sequence of them: a copy shares its source's bodies and a completed
/// upload its parts', so neither moves a byte.
struct Segment {
  std::int64_t body = 0;
  std::uint64_t offset = 0, length = 0;
  std::string key = {};  ///< the body's data key (encryption.hpp): wrapped in the store; "" for a body in the clear
};

/// As the store writes them: [[body, offset, length, key], …].
std::string segments_text(const std::vector<Segment>& segments);
std::vector<Segment> parse_segments(std::string_view text);

/// One version of a key, or a delete marker.
struct Version {
  std::string bucket, key;
  std::string id = "null";  ///< "null" for what was written without versioning
  std::int64_t seq = 0;     ///< order among the versions of a key, the newest highest
  bool latest = true;
  bool delete_marker = false;
  std::uint64_t size = 0;
  std::string etag;  ///< without quotes
  aws::Millis modified = 0;
  Json document = Json::object();  ///< members of HeadObject's output that were stored with it
  Json hidden = Json::object();    ///< Tags, Grants, Parts
  std::vector<Segment> segments;
};

/// A version as a listing meets it; valid until the walk goes on.
struct VersionRow {
  std::string_view key, id;
  std::int64_t seq = 0;
  bool latest = true, delete_marker = false;
  std::uint64_t size = 0;
  std::string_view etag;
  aws::Millis modified = 0;
  std::string_view document;  ///< Version's, as JSON text
};

struct Upload {
  std::string bucket, key, id;
  aws::Millis initiated = 0;
  Json document = Json::object(), hidden = Json::object();  ///< as Version's
};

struct Part {
  int number = 0;
  std::uint64_t size = 0;
  std::string etag;
  aws::Millis modified = 0;
  Json checksums = Json::object();  ///< {"ChecksumCRC32": "…"}
  std::vector<Segment> segments;
};

/// Bytes that a transaction takes over: in memory, or in a file with a temporary name.
struct NewBody {
  std::uint64_t size = 0;
  std::string data;
  std::string file;  ///< path of the temporary file; "" when in `data`
  std::string key;   ///< what the bytes are encrypted with
};

/// Where a stored body's bytes are.
struct StoredBody {
  std::uint64_t size = 0;
  std::string file;  ///< absolute path; "" when inline
  std::string data;
};

/// Buckets, versions, bodies and uploads in SQLite, large bodies in files below data_dir/s3. Lives no longer than its
/// transaction. Bodies are counted by reference; a file is renamed to its lasting name before the commit, so that a
/// committed row always has its bytes, and removed some seconds after the last reference went, so that a reader on an
/// older snapshot still opens it.
class ObjectStore {
 public:
  static const storage::Migrations migrations;
  ObjectStore(storage::Transaction& transaction, std::string data_dir)
      : transaction_(transaction), data_dir_(std::move(data_dir)) {}

  std::optional<Bucket> bucket(std::string_view name) const;
  std::vector<Bucket> buckets(std::string_view account) const;
  /// Each (account, region) that has buckets.
  static std::vector<std::pair<std::string, std::string>> places(storage::Transaction& transaction);
  void create_bucket(const Bucket& bucket);
  void set_versioning(std::string_view name, Versioning versioning);
  /// Removes the bucket and its configuration. It holds nothing.
  void erase_bucket(std::string_view name);
  bool holds_versions(std::string_view bucket) const;

  /// A sub-resource of a bucket; `id` tells those of which there are several (inventory) apart.
  std::optional<Json> config(std::string_view bucket, std::string_view kind, std::string_view id = "") const;
  std::vector<Json> configs(std::string_view bucket, std::string_view kind) const;
  void put_config(std::string_view bucket, std::string_view kind, std::string_view id, const Json& document);
  /// The buckets that have such a sub-resource.
  std::vector<std::string> buckets_with(std::string_view kind) const;
  bool erase_config(std::string_view bucket, std::string_view kind, std::string_view id = "");

  /// The newest version or delete marker.
  std::optional<Version> latest(std::string_view bucket, std::string_view key) const;
  std::optional<Version> version(std::string_view bucket, std::string_view key, std::string_view id) const;
  /// All versions and delete markers of a key, newest first.
  std::vector<Version> versions_of(std::string_view bucket, std::string_view key) const;
  /// Adds `version` as the newest of its key: sets its id by the bucket's versioning, and replaces the null version
  /// where AWS does. Takes references on its segments.
  void insert(Version& version, Versioning versioning);
  /// The same with a given id: a replica has its source's.
  void insert_as(Version& version, std::string id);
  void update(const Version& version);
  /// Removes one version; the newest that remains becomes the latest.
  void erase(const Version& version);

  /// Walks latest versions that are no delete markers, from the first key at or after `from`, until `visit` is false.
  void walk_current(std::string_view bucket, std::string_view from,
                    const std::function<bool(const VersionRow&)>& visit);
  /// Walks all versions by key, newest first, from (key, below seq), until `visit` is false.
  void walk_versions(std::string_view bucket, std::string_view from, std::int64_t below_seq,
                     const std::function<bool(const VersionRow&)>& visit);

  /// The key of SSE-S3, made when it is first needed.
  std::string master_key() const;
  /// The new body has no reference yet: insert(), put_part() take them.
  std::int64_t add_body(NewBody&& body);
  std::optional<StoredBody> body(std::int64_t id) const;

  void create_upload(const Upload& upload);
  std::optional<Upload> upload(std::string_view bucket, std::string_view key, std::string_view id) const;
  /// Of a bucket, by key and time.
  std::vector<Upload> uploads(std::string_view bucket, std::string_view from_key) const;
  void put_part(std::string_view upload, const Part& part);
  std::vector<Part> parts(std::string_view upload) const;
  /// Removes the upload and gives up its parts.
  void erase_upload(const Upload& upload);
  /// What a completed upload was answered with, for a client that did not hear it; kept for a day.
  void keep_answer(const Upload& upload, aws::Millis now, const Json& answer);
  std::optional<Json> answer_of(std::string_view bucket, std::string_view key, std::string_view upload) const;

  /// Removes files of bodies that have been without a reference for a while; `now` is real time.
  void collect(aws::Millis now);
  /// Removes files that no row names: what a crash between rename and commit, or a reset, left. One of the 256 folders
  /// a call, chosen by `turn`, and the temporary files with the first; young files of this process are left alone.
  void sweep(std::uint64_t turn);

  static std::string temporary_file(const std::string& data_dir);

 private:
  void refer(const std::vector<Segment>& segments);
  void release(const std::vector<Segment>& segments);
  void erase_row(const Version& version);

  storage::Transaction& transaction_;
  std::string data_dir_;
};

}  // namespace orrery::s3
