#include "services/s3/bucket.hpp"

#include "aws/cidr.hpp"
#include "registry/pagination.hpp"
#include "services/s3/access.hpp"
#include "services/s3/acl.hpp"
#include "services/s3/authorization.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/tagging.hpp"

namespace orrery::s3 {

namespace {

/// "General purpose bucket naming rules" in the S3 user guide.
bool valid_name(std::string_view name) {
  if (name.size() < 3 || name.size() > 63) return false;
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") != std::string_view::npos) return false;
  const auto letter_or_digit = [](char c) { return c != '.' && c != '-'; };
  if (!letter_or_digit(name.front()) || !letter_or_digit(name.back())) return false;
  if (name.find("..") != std::string_view::npos || aws::parse_ipv4(name)) return false;
  for (const std::string_view prefix : {"xn--", "sthree-", "amzn-s3-demo-"}) {
    if (name.starts_with(prefix)) return false;
  }
  for (const std::string_view suffix : {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}) {
    if (name.ends_with(suffix)) return false;
  }
  return true;
}

/// "eu-central-1", "us-gov-west-1"; "EU" is the old name of eu-west-1.
bool valid_constraint(std::string_view text) {
  if (text == "EU") return true;
  const bool digit = text.size() > 6 && text.back() >= '1' && text.back() <= '9' && text[text.size() - 2] == '-';
  return digit && text[2] == '-' && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == text.size() - 1;
}

/// The region that the body asks for, checked against the endpoint's as S3 does.
std::string region_for(const RequestContext& context, const Input& configuration) {
  const std::string asked = configuration.str("LocationConstraint");
  if (asked.empty()) {
    if (context.region == "us-east-1") return context.region;
    throw errors::make("IllegalLocationConstraintException", 400,
                       "The unspecified location constraint is incompatible for the region specific endpoint this "
                       "request was sent to.");
  }
  const std::string region = asked == "EU" ? "eu-west-1" : asked;
  // The global endpoint (us-east-1) creates anywhere; a regional one only at home.
  if (context.region != "us-east-1" && region != context.region) {
    throw errors::make("IllegalLocationConstraintException", 400,
                       "The " + asked +
                           " location constraint is incompatible for the region specific endpoint this "
                           "request was sent to.");
  }
  if (asked == "us-east-1" || !valid_constraint(asked)) {
    throw errors::make("InvalidLocationConstraint", 400, "The specified location-constraint is not valid")
        .with("LocationConstraint", asked);
  }
  return region;
}

std::string bucket_arn(const std::string& name) { return "arn:aws:s3:::" + name; }

/// Returns true when the call repeats one that us-east-1 answers with success again.
bool exists_already(RequestContext& context, const std::string& name, const std::string& region, const Json& tags) {
  const auto present = store_of(context).bucket(name);
  if (!present) return false;
  if (present->account != context.account) {
    throw errors::make("BucketAlreadyExists", 409,
                       "The requested bucket name is not available. The bucket namespace is shared by all users of "
                       "the system. Please select a different name and try again.")
        .with("BucketName", name);
  }
  if (region == "us-east-1" && present->region == "us-east-1" && tags.empty()) return true;
  throw errors::make("BucketAlreadyOwnedByYou", 409,
                     "Your previous request to create the named bucket succeeded and you already own it.")
      .with("BucketName", name);
}

void put_defaults(ObjectStore& store, const Bucket& bucket, const std::string& ownership) {
  store.put_config(bucket.name, "ownership", "", {{"Rules", {{{"ObjectOwnership", ownership}}}}});
  // Since April 2023 every new bucket blocks public access and disables ACLs.
  store.put_config(bucket.name, "public-access-block", "",
                   {{"BlockPublicAcls", true},
                    {"IgnorePublicAcls", true},
                    {"BlockPublicPolicy", true},
                    {"RestrictPublicBuckets", true}});
}

}  // namespace

Json create_bucket(RequestContext& context, const Input& input) {
  const std::string name = input.str("Bucket");
  refuse_anonymous(context);
  if (!valid_name(name)) throw errors::invalid_bucket_name(name);
  const Input configuration = input.object("CreateBucketConfiguration");
  if (configuration.has("Location") || configuration.has("Bucket")) {
    throw errors::make("NotImplemented", 501, "Directory buckets are not implemented");
  }
  if (input.str("BucketNamespace", "global") != "global") {
    throw errors::make("NotImplemented", 501, "Account regional bucket namespaces are not implemented");
  }
  Bucket bucket{name, context.account, region_for(context, configuration), context.now, Versioning::never};
  const std::string ownership = input.str("ObjectOwnership", "BucketOwnerEnforced");
  const bool lock = input.flag("ObjectLockEnabledForBucket");
  const Json tags = tags_from(configuration, "Tags");
  ObjectStore store = store_of(context);
  if (exists_already(context, name, bucket.region, tags)) {
    // us-east-1 answers 200 to a repeated create ("BucketAlreadyOwnedByYou" in the API reference).
    grants_from_headers(context, input, bucket, bucket.account);
    return {{"Location", "/" + name}, {"BucketArn", bucket_arn(name)}};
  }
  if (lock) bucket.versioning = Versioning::enabled;
  store.create_bucket(bucket);
  put_defaults(store, bucket, ownership);
  if (lock) store.put_config(name, "object-lock", "", {{"ObjectLockEnabled", "Enabled"}});
  if (!tags.empty()) store.put_config(name, "tagging", "", tags);
  if (const auto grants = grants_from_headers(context, input, bucket, bucket.account))
    store.put_config(name, "acl", "", *grants);
  return {{"Location", "/" + name}, {"BucketArn", bucket_arn(name)}};
}

Json delete_bucket(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  ObjectStore store = store_of(context);
  if (store.holds_versions(bucket.name)) {
    const bool versioned = bucket.versioning != Versioning::never;
    throw errors::make("BucketNotEmpty", 409,
                       versioned
                           ? "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
                           : "The bucket you tried to delete is not empty")
        .with("BucketName", bucket.name);
  }
  store.erase_bucket(bucket.name);
  return Json::object();
}

Json head_bucket(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  return {{"BucketArn", bucket_arn(bucket.name)}, {"BucketRegion", bucket.region}, {"AccessPointAlias", false}};
}

Json list_buckets(RequestContext& context, const Input& input) {
  refuse_anonymous(context);
  const std::string prefix = input.str("Prefix"), region = input.str("BucketRegion");
  const auto most = input.find_integer("MaxBuckets");
  const auto token = input.find_str("ContinuationToken");
  const bool paged = most || token || input.has("Prefix") || input.has("BucketRegion");
  auto buckets = store_of(context).buckets(context.account);
  std::erase_if(buckets, [&](const Bucket& bucket) {
    return !bucket.name.starts_with(prefix) || (!region.empty() && bucket.region != region);
  });
  const auto next = paginate(
      buckets, static_cast<std::size_t>(most.value_or(10'000)), token, [](const Bucket& bucket) { return bucket.name; },
      errors::invalid_argument("The continuation token provided is incorrect", "continuation-token",
                               token.value_or("")));
  Json list = Json::array();
  for (const auto& bucket : buckets) {
    Json row{{"Name", bucket.name}, {"CreationDate", aws::seconds(bucket.created)}};
    if (paged) row["BucketRegion"] = bucket.region;
    list.push_back(std::move(row));
  }
  Json out{{"Owner", owner_of(context.account)}, {"Buckets", std::move(list)}};
  if (input.has("Prefix")) out["Prefix"] = prefix;
  if (next) out["ContinuationToken"] = *next;
  return out;
}

Json get_bucket_location(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  // us-east-1 is the empty constraint.
  return {{"LocationConstraint", bucket.region == "us-east-1" ? "" : bucket.region}};
}

}  // namespace orrery::s3
