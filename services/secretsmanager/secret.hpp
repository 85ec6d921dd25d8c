#pragma once
#include <optional>
#include <string>
#include <vector>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "registry/pagination.hpp"
#include "services/secretsmanager/errors.hpp"
#include "storage/resources.hpp"

// A secret's document is DescribeSecret's output without tags and versions; hidden are its resource policy and
// "purge_at", when the recovery window ends. A version is a resource of its own with the id "<secret>|<version id>":
// its document is a SecretVersionsListEntry, hidden are the value (base64), its form and whether KMS encrypted it.
namespace orrery::secretsmanager {

inline constexpr std::string_view kSecret = "secret", kVersion = "version";
inline constexpr const char *kCurrent = "AWSCURRENT", *kPrevious = "AWSPREVIOUS";

storage::ResourceTable table(RequestContext& context);

/// The plain value of a version.
struct Value {
  enum class Form { string, binary };
  Form form = Form::string;
  std::string bytes;
  bool operator==(const Value&) const = default;
};

/// SecretString or SecretBinary; nullopt when neither is there, an error when both are.
std::optional<Value> read_value(const Input& input);

class Secret {
 public:
  Secret(RequestContext& context, storage::Resource resource) : context_(&context), resource_(std::move(resource)) {}

  const std::string& name() const { return resource_.id; }
  const std::string& arn() const { return resource_.arn; }
  Json& document() { return resource_.document; }
  const Json& document() const { return resource_.document; }
  Json& hidden() { return resource_.hidden; }
  const Json& hidden() const { return resource_.hidden; }
  bool scheduled() const { return resource_.hidden.contains("purge_at"); }
  bool is_replica() const { return resource_.hidden.value("replica", false); }
  std::string key() const { return resource_.document.value("KmsKeyId", ""); }

  /// Every version, deprecated ones too, oldest first.
  std::vector<storage::Resource> versions() const;
  std::optional<storage::Resource> version(const std::string& id) const;
  std::optional<storage::Resource> version_at(const std::string& stage) const;
  Json ids_to_stages() const;

  Value open(const storage::Resource& version) const;
  /// Adds a version and attaches `stages`, with what follows for AWSCURRENT and AWSPREVIOUS.
  void add_version(const std::string& id, const Value& value, const std::vector<std::string>& stages);
  /// Attaches `stage` to the version and takes it from the others.
  void move_stage(const std::string& stage, const std::string& to_version);
  void remove_stage(const std::string& stage, const std::string& from_version);
  /// Encrypts what has a stage again, under the secret's present key.
  void reencrypt();
  /// Stores a version of the primary as it is, under this secret's key.
  void put_copy(storage::Resource version, const Value& value);

  Json tags() const;
  void touch() { resource_.document["LastChangedDate"] = context_->timestamp(); }
  void save() { table(*context_).put(resource_); }
  void erase();

  /// ARN and Name, as most operations answer.
  Json reference() const { return {{"ARN", arn()}, {"Name", name()}}; }

 private:
  void seal(storage::Resource& version, const Value& value) const;

  RequestContext* context_;
  storage::Resource resource_;
};

/// By name, ARN or ARN without the random suffix; nullopt when there is none or its recovery window has ended.
std::optional<Secret> lookup(RequestContext& context, const std::string& reference);
/// Throws ResourceNotFoundException.
Secret find_secret(RequestContext& context, const std::string& reference);
/// Throws InvalidRequestException, too, when the secret is scheduled for deletion.
Secret find_active(RequestContext& context, const std::string& reference);
/// Throws InvalidRequestException, too, when the secret is a replica.
Secret find_writable(RequestContext& context, const std::string& reference);

struct NewSecret {
  std::string name;
  Json document = Json::object();  ///< Description, KmsKeyId, Type, OwningService
  storage::Tags tags;
};
Secret make_secret(RequestContext& context, const NewSecret& wanted);

storage::Tags read_tags(const Input& input);
void tick(RequestContext& context);
void offer(Peers& peers);

/// Whether a secret passes ListSecrets' and BatchGetSecretValue's Filters.
class SecretFilters {
 public:
  explicit SecretFilters(const Input& input);
  bool match(const Secret& secret) const;

 private:
  struct Filter {
    std::string key;
    std::vector<std::string> values;
  };
  std::vector<Filter> filters_;
};

}  // namespace orrery::secretsmanager
