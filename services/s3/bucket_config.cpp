#include "services/s3/bucket_config.hpp"

#include "aws/ids.hpp"
#include "registry/pagination.hpp"
#include "services/s3/access.hpp"
#include "services/s3/config_rules.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

/// One sub-resource: its payload's name in the API table, and how its output holds it.
struct Kind {
  enum class Output { payload, spread };  ///< a member of that name, or the members of the document themselves
  std::string_view name;
  std::string_view payload;
  Output output;
  /// Checks, and completes with what S3 fills in.
  void (*check)(RequestContext&, const Bucket&, Json& document);
  /// What a bucket without one answers: a document, or an error.
  Json (*absent)(const Bucket&);
};

template <const Kind& kind>
Json put(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  input.acknowledge("Token", "a token from AWS Support that lifts a restriction which Orrery does not have");
  Json document = input.json(kind.payload);
  if (!document.is_object()) throw errors::malformed_xml();
  kind.check(context, bucket, document);
  store_of(context).put_config(bucket.name, kind.name, "", document);
  return Json::object();
}

template <const Kind& kind>
Json get(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const auto stored = store_of(context).config(bucket.name, kind.name);
  Json document = stored ? *stored : kind.absent(bucket);
  if (kind.output == Kind::Output::spread) return document;
  return {{std::string(kind.payload), std::move(document)}};
}

template <const Kind& kind>
Json remove(RequestContext& context, const Input& input) {
  store_of(context).erase_config(bucket_of(context, input).name, kind.name);
  return Json::object();
}

template <const auto& code, const auto& message>
Json missing(const Bucket& bucket) {
  throw errors::make(code, 404, message).with("BucketName", bucket.name);
}
void check_nothing(RequestContext&, const Bucket&, Json&) {}
Json nothing(const Bucket&) { return Json::object(); }
Json unencrypted(const Bucket&) {
  // Since January 2023 S3 encrypts every object with SSE-S3 at least.
  return {
      {"Rules", {{{"ApplyServerSideEncryptionByDefault", {{"SSEAlgorithm", "AES256"}}}, {"BucketKeyEnabled", false}}}}};
}
Json owner_pays(const Bucket&) { return {{"Payer", "BucketOwner"}}; }

#define ORRERY_S3_MISSING(function, code, message) \
  constexpr char function##_code[] = code;         \
  constexpr char function##_message[] = message;   \
  Json function(const Bucket& bucket) { return missing<function##_code, function##_message>(bucket); }

ORRERY_S3_MISSING(no_block, "NoSuchPublicAccessBlockConfiguration",
                  "The public access block configuration was not found")
ORRERY_S3_MISSING(no_ownership, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
ORRERY_S3_MISSING(no_cors, "NoSuchCORSConfiguration", "The CORS configuration does not exist")
ORRERY_S3_MISSING(no_website, "NoSuchWebsiteConfiguration",
                  "The specified bucket does not have a website configuration")
ORRERY_S3_MISSING(no_replication, "ReplicationConfigurationNotFoundError",
                  "The replication configuration was not found")
ORRERY_S3_MISSING(no_lock, "ObjectLockConfigurationNotFoundError",
                  "Object Lock configuration does not exist for this bucket")
ORRERY_S3_MISSING(no_lifecycle, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
#undef ORRERY_S3_MISSING

using enum Kind::Output;
constexpr Kind kEncryption{"encryption", "ServerSideEncryptionConfiguration", payload, check_encryption, unencrypted};
constexpr Kind kBlock{"public-access-block", "PublicAccessBlockConfiguration", payload, check_public_access_block,
                      no_block};
constexpr Kind kOwnership{"ownership", "OwnershipControls", payload, check_ownership, no_ownership};
constexpr Kind kCors{"cors", "CORSConfiguration", spread, check_cors, no_cors};
constexpr Kind kWebsite{"website", "WebsiteConfiguration", spread, check_website, no_website};
constexpr Kind kLogging{"logging", "BucketLoggingStatus", spread, check_logging, nothing};
constexpr Kind kReplication{"replication", "ReplicationConfiguration", payload, check_replication, no_replication};
constexpr Kind kAccelerate{"accelerate", "AccelerateConfiguration", spread, check_accelerate, nothing};
constexpr Kind kPayment{"request-payment", "RequestPaymentConfiguration", spread, check_nothing, owner_pays};
constexpr Kind kLock{"object-lock", "ObjectLockConfiguration", payload, check_object_lock, no_lock};
constexpr Kind kNotification{"notification", "NotificationConfiguration", spread, check_notification, nothing};
constexpr Kind kLifecycle{"lifecycle", "LifecycleConfiguration", spread, check_lifecycle, no_lifecycle};

Json put_notification(RequestContext& context, const Input& input) {
  input.acknowledge("SkipDestinationValidation", "destinations are services that Orrery may not have");
  return put<kNotification>(context, input);
}

Json put_lifecycle(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  Json document = input.json("LifecycleConfiguration");
  if (!document.is_object()) throw errors::malformed_xml();
  check_lifecycle(context, bucket, document);
  const std::string minimum = input.str("TransitionDefaultMinimumObjectSize", "all_storage_classes_128K");
  document["TransitionDefaultMinimumObjectSize"] = minimum;
  store_of(context).put_config(bucket.name, "lifecycle", "", document);
  store_of(context).erase_config(bucket.name, "lifecycle-run");
  return {{"TransitionDefaultMinimumObjectSize", minimum}};
}

/// Sub-resources of which a bucket has several, each with an id.
struct ListedKind {
  std::string_view name, payload, list;
  void (*check)(const Json& document, const std::string& id) = [](const Json& document, const std::string& id) {
    if (document.value("Id", "") != id) throw errors::malformed_xml();
  };
};

void check_inventory(const Json& document, const std::string& id) {
  if (document.value("Id", "") != id) {
    throw errors::make("IdMismatch", 400, "Document ID does not match the specified configuration ID.");
  }
  const std::string arn = document.at("Destination").at("S3BucketDestination").value("Bucket", "");
  if (!arn.starts_with("arn:aws:s3:::")) throw errors::make("InvalidS3DestinationBucket", 400, "Invalid bucket ARN.");
}

template <const ListedKind& kind>
Json put_listed(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  const std::string id = input.str("Id");
  const Json& document = input.json(kind.payload);
  if (!document.is_object()) throw errors::malformed_xml();
  kind.check(document, id);
  store_of(context).put_config(bucket.name, kind.name, id, document);
  return Json::object();
}

AwsError no_such_configuration() {
  return errors::make("NoSuchConfiguration", 404, "The specified configuration does not exist.");
}

template <const ListedKind& kind>
Json get_listed(RequestContext& context, const Input& input) {
  const auto document = store_of(context).config(bucket_of(context, input).name, kind.name, input.str("Id"));
  if (!document) throw no_such_configuration();
  return {{std::string(kind.payload), *document}};
}

template <const ListedKind& kind>
Json remove_listed(RequestContext& context, const Input& input) {
  if (!store_of(context).erase_config(bucket_of(context, input).name, kind.name, input.str("Id"))) {
    throw no_such_configuration();
  }
  return Json::object();
}

template <const ListedKind& kind>
Json list(RequestContext& context, const Input& input) {
  auto documents = store_of(context).configs(bucket_of(context, input).name, kind.name);
  const auto token = input.find_str("ContinuationToken");
  const auto next = paginate(
      documents, 100, token, [](const Json& document) { return document.at("Id").get<std::string>(); },
      errors::invalid_argument("The continuation token provided is incorrect", "continuation-token",
                               token.value_or("")));
  Json out{{"IsTruncated", next.has_value()}};
  if (!documents.empty()) out[std::string(kind.list)] = documents;
  if (token) out["ContinuationToken"] = *token;
  if (next) out["NextContinuationToken"] = *next;
  return out;
}

constexpr ListedKind kAnalytics{"analytics", "AnalyticsConfiguration", "AnalyticsConfigurationList"};
constexpr ListedKind kTiering{"intelligent-tiering", "IntelligentTieringConfiguration",
                              "IntelligentTieringConfigurationList"};
constexpr ListedKind kInventory{"inventory", "InventoryConfiguration", "InventoryConfigurationList", check_inventory};
constexpr ListedKind kMetrics{"metrics", "MetricsConfiguration", "MetricsConfigurationList"};

constexpr OperationRow kConfigOperations[] = {
    {"PutBucketEncryption", &put<kEncryption>},
    {"GetBucketEncryption", &get<kEncryption>},
    {"DeleteBucketEncryption", &remove<kEncryption>},
    {"PutPublicAccessBlock", &put<kBlock>},
    {"GetPublicAccessBlock", &get<kBlock>},
    {"DeletePublicAccessBlock", &remove<kBlock>},
    {"PutBucketOwnershipControls", &put<kOwnership>},
    {"GetBucketOwnershipControls", &get<kOwnership>},
    {"DeleteBucketOwnershipControls", &remove<kOwnership>},
    {"PutBucketCors", &put<kCors>},
    {"GetBucketCors", &get<kCors>},
    {"DeleteBucketCors", &remove<kCors>},
    {"PutBucketWebsite", &put<kWebsite>},
    {"GetBucketWebsite", &get<kWebsite>},
    {"DeleteBucketWebsite", &remove<kWebsite>},
    {"PutBucketLogging", &put<kLogging>},
    {"GetBucketLogging", &get<kLogging>},
    {"PutBucketReplication", &put<kReplication>},
    {"GetBucketReplication", &get<kReplication>},
    {"DeleteBucketReplication", &remove<kReplication>},
    {"PutBucketAccelerateConfiguration", &put<kAccelerate>},
    {"GetBucketAccelerateConfiguration", &get<kAccelerate>},
    {"PutBucketRequestPayment", &put<kPayment>},
    {"GetBucketRequestPayment", &get<kPayment>},
    {"PutObjectLockConfiguration", &put<kLock>},
    {"GetObjectLockConfiguration", &get<kLock>},
    {"PutBucketNotificationConfiguration", &put_notification},
    {"GetBucketNotificationConfiguration", &get<kNotification>},
    {"PutBucketLifecycleConfiguration", &put_lifecycle},
    {"GetBucketLifecycleConfiguration", &get<kLifecycle>},
    {"DeleteBucketLifecycle", &remove<kLifecycle>},
    {"PutBucketAnalyticsConfiguration", &put_listed<kAnalytics>},
    {"GetBucketAnalyticsConfiguration", &get_listed<kAnalytics>},
    {"DeleteBucketAnalyticsConfiguration", &remove_listed<kAnalytics>},
    {"ListBucketAnalyticsConfigurations", &list<kAnalytics>},
    {"PutBucketIntelligentTieringConfiguration", &put_listed<kTiering>},
    {"GetBucketIntelligentTieringConfiguration", &get_listed<kTiering>},
    {"DeleteBucketIntelligentTieringConfiguration", &remove_listed<kTiering>},
    {"ListBucketIntelligentTieringConfigurations", &list<kTiering>},
    {"PutBucketInventoryConfiguration", &put_listed<kInventory>},
    {"GetBucketInventoryConfiguration", &get_listed<kInventory>},
    {"DeleteBucketInventoryConfiguration", &remove_listed<kInventory>},
    {"ListBucketInventoryConfigurations", &list<kInventory>},
    {"PutBucketMetricsConfiguration", &put_listed<kMetrics>},
    {"GetBucketMetricsConfiguration", &get_listed<kMetrics>},
    {"DeleteBucketMetricsConfiguration", &remove_listed<kMetrics>},
    {"ListBucketMetricsConfigurations", &list<kMetrics>},
};

}  // namespace

std::span<const OperationRow> bucket_config_operations() { return kConfigOperations; }

DefaultEncryption default_encryption(const ObjectStore& store, std::string_view bucket) {
  DefaultEncryption out;
  const auto document = store.config(bucket, "encryption");
  if (!document) return out;
  const Json& rule = document->at("Rules").at(0);
  if (const auto found = rule.find("ApplyServerSideEncryptionByDefault"); found != rule.end()) {
    out.algorithm = found->value("SSEAlgorithm", "AES256");
    out.key = found->value("KMSMasterKeyID", "");
  }
  out.bucket_key = rule.value("BucketKeyEnabled", false);
  return out;
}

}  // namespace orrery::s3
