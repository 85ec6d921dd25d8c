#include "services/s3/authorization.hpp"

#include "aws/text.hpp"
#include "identity/policy.hpp"
#include "identity/policy_json.hpp"
#include "registry/findings.hpp"
#include "services/s3/access.hpp"
#include "services/s3/acl.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/policy.hpp"

namespace orrery::s3 {

namespace {

using identity::Decision;

bool anonymous(const RequestContext& context) { return context.principal.type == identity::Principal::Type::anonymous; }

bool blocks(ObjectStore& store, const Bucket& bucket, const char* setting) {
  const auto block = store.config(bucket.name, "public-access-block");
  return block && block->value(setting, false);
}

/// "Condition keys for Amazon S3" (service authorization reference): the request's x-amz- headers under their names,
/// some parameters, tags.
void add_request(const RequestContext& context, identity::Question& out) {
  for (const auto& [name, value] : context.request.headers) {
    const std::string lower = aws::lower(name);
    if (!lower.starts_with("x-amz-") || lower.starts_with("x-amz-meta-")) continue;
    std::string text = value;
    if (lower == "x-amz-copy-source") {
      text = http::percent_decode(text);
      if (text.starts_with('/')) text.erase(0, 1);
    }
    out.context["s3:" + lower] = {std::move(text)};
  }
  for (const auto& [name, value] : http::parse_query(context.request.query)) {
    if (name == "prefix" || name == "delimiter" || name == "max-keys") out.context["s3:" + name] = {value};
    if (name == "versionId") out.context["s3:versionid"] = {value};
  }
  for (const auto& [name, value] : http::parse_query(context.request.headers.get("x-amz-tagging"))) {
    out.context["s3:requestobjecttag/" + aws::lower(name)] = {value};
    out.context["s3:requestobjecttagkeys"].push_back(name);
  }
}

identity::Question question(const RequestContext& context, const Bucket& bucket, std::string_view action,
                            const std::string& key) {
  identity::Question out;
  out.action = std::string(action);
  out.resource = "arn:aws:s3:::" + bucket.name + (key.empty() ? "" : "/" + key);
  if (!anonymous(context)) {
    out.principals = {context.principal.arn, "arn:aws:iam::" + context.account + ":root", context.account};
    out.context["aws:principalaccount"] = {context.account};
    out.context["aws:principalarn"] = {context.principal.arn};
  }
  // For the owner the local endpoint stands for S3's, which is TLS: the usual policy that denies all else must not lock
  // it out.
  const bool secure = context.request.secure || context.account == bucket.account;
  out.context["aws:securetransport"] = {secure ? "true" : "false"};
  out.context["aws:sourceip"] = {context.request.remote};
  add_request(context, out);
  for (const char* header : {"user-agent", "referer"}) {
    if (const auto* value = context.request.headers.find(header)) {
      out.context[std::string("aws:") + (header[0] == 'u' ? "useragent" : "referer")] = {*value};
    }
  }
  return out;
}

void add_existing_tags(RequestContext& context, const Bucket& bucket, const std::string& key,
                       identity::Question& asked) {
  const auto version = store_of(context).latest(bucket.name, key);
  if (!version) return;
  for (const auto& tag : version->hidden.value("Tags", Json::array())) {
    asked.context["s3:existingobjecttag/" + aws::lower(tag.value("Key", ""))] = {tag.value("Value", "")};
  }
}

/// `hidden_key`: of a key that is not there, for the right to be told so.
Decision by_policy(RequestContext& context, const Bucket& bucket, std::string_view action, const std::string& key,
                   const std::string& hidden_key = "") {
  ObjectStore store = store_of(context);
  const auto stored = store.config(bucket.name, "policy");
  if (!stored) return Decision::implicit_deny;
  const std::string text = stored->get<std::string>();
  Decision decision = Decision::implicit_deny;
  try {
    const auto policy = identity::parse_policy(text, identity::PolicyKind::resource);
    identity::Question asked = question(context, bucket, action, key);
    if (!key.empty() && text.find("ExistingObjectTag") != std::string::npos)
      add_existing_tags(context, bucket, key, asked);
    // Whether a key is there may be told where its prefix may be listed.
    if (action == "s3:ListBucket" && !hidden_key.empty()) {
      asked.context["s3:prefix"] = {hidden_key};
    }
    decision = identity::evaluate(policy, asked);
  } catch (const AwsError&) {  // what the evaluator cannot read allows nothing
  }
  // RestrictPublicBuckets: a public policy counts for the owner's account and AWS services alone.
  const bool restricted = decision == Decision::allow && blocks(store, bucket, "RestrictPublicBuckets");
  return restricted && is_public_policy(identity::policy_json(text)) ? Decision::implicit_deny : decision;
}

/// What "ACL permissions" in the S3 user guide maps the action to, and on what the grant has to be.
struct Permission {
  std::string_view action, name;
  enum class On { bucket, object } on;
};
constexpr Permission kPermissions[] = {
    {"s3:ListBucket", "READ", Permission::On::bucket},
    {"s3:ListBucketVersions", "READ", Permission::On::bucket},
    {"s3:ListBucketMultipartUploads", "READ", Permission::On::bucket},
    {"s3:PutObject", "WRITE", Permission::On::bucket},
    {"s3:DeleteObject", "WRITE", Permission::On::bucket},
    {"s3:GetBucketAcl", "READ_ACP", Permission::On::bucket},
    {"s3:PutBucketAcl", "WRITE_ACP", Permission::On::bucket},
    {"s3:GetObject", "READ", Permission::On::object},
    {"s3:GetObjectAcl", "READ_ACP", Permission::On::object},
    {"s3:PutObjectAcl", "WRITE_ACP", Permission::On::object},
};

bool by_acl(RequestContext& context, const Bucket& bucket, std::string_view action, const std::string& key) {
  ObjectStore store = store_of(context);
  if (acls_disabled(store, bucket.name)) return false;
  const Groups groups = blocks(store, bucket, "IgnorePublicAcls") ? Groups::ignored : Groups::count;
  for (const auto& permission : kPermissions) {
    if (permission.action != action) continue;
    if (permission.on == Permission::On::bucket) {
      const auto grants = store.config(bucket.name, "acl");
      return grants && granted(context, *grants, permission.name, groups);
    }
    const auto version = store.latest(bucket.name, key);
    if (!version) return false;
    const Json grants = version->hidden.value("Grants", default_grants(owner_account(bucket, *version)));
    return granted(context, grants, permission.name, groups);
  }
  return false;
}

/// "By default, the bucket owner and the initiator of the multipart upload are allowed to perform this action."
bool by_part(RequestContext& context, const Bucket& bucket, std::string_view action, const std::string& key) {
  if (anonymous(context) || (action != "s3:AbortMultipartUpload" && action != "s3:ListMultipartUploadParts"))
    return false;
  const auto upload = store_of(context).upload(bucket.name, key, http::query_value(context.request.query, "uploadId"));
  return upload && upload->hidden.value("Initiator", bucket.account) == context.account;
}

/// A default run lets the owner pass what its bucket's policy denies it, and says so where it can write.
void denied_by_own_policy(RequestContext& context, const Bucket& bucket) {
  static constexpr Rule kRule{"s3-policy-denies-owner",
                              "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html"};
  const bool writes = context.tx.access() == storage::Transaction::Access::write;
  if (writes || context.settings.strictness == Strictness::strict) {
    would_refuse(context, kRule, "arn:aws:s3:::" + bucket.name, errors::access_denied());
  }
}

}  // namespace

std::string action_of(std::string_view operation) {
  static constexpr std::pair<std::string_view, std::string_view> kOthers[] = {
      {"HeadObject", "GetObject"},
      {"GetObjectAttributes", "GetObject"},
      {"PostObject", "PutObject"},
      {"CopyObject", "PutObject"},
      {"CreateMultipartUpload", "PutObject"},
      {"UploadPart", "PutObject"},
      {"UploadPartCopy", "PutObject"},
      {"CompleteMultipartUpload", "PutObject"},
      {"ListParts", "ListMultipartUploadParts"},
      {"DeleteObjects", "DeleteObject"},
      {"HeadBucket", "ListBucket"},
      {"ListObjects", "ListBucket"},
      {"ListObjectsV2", "ListBucket"},
      {"ListObjectVersions", "ListBucketVersions"},
      {"ListMultipartUploads", "ListBucketMultipartUploads"},
      {"DeleteBucketTagging", "PutBucketTagging"},
      {"GetPublicAccessBlock", "GetBucketPublicAccessBlock"},
      {"PutPublicAccessBlock", "PutBucketPublicAccessBlock"},
      {"GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"},
      {"PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"},
  };
  for (const auto& [name, action] : kOthers) {
    if (name == operation) return "s3:" + std::string(action);
  }
  return "s3:" + std::string(operation);
}

void authorize(RequestContext& context, const Bucket& bucket, std::string_view action, const std::string& key) {
  if (!anonymous(context) && context.account == bucket.account) {
    // Not from the bucket's policy itself: the owner can always take it back.
    if (!action.ends_with("BucketPolicy") && by_policy(context, bucket, action, key) == Decision::deny) {
      denied_by_own_policy(context, bucket);
    }
    return;
  }
  const Decision decision = by_policy(context, bucket, action, key);
  if (decision == Decision::allow) return;
  if (decision == Decision::implicit_deny && by_acl(context, bucket, action, key)) return;
  if (decision == Decision::implicit_deny && by_part(context, bucket, action, key)) return;
  if (action.starts_with("s3:GetObject") && !store_of(context).latest(bucket.name, key)) {
    return refuse_to_tell(context, bucket, key);
  }
  throw errors::access_denied();
}

void refuse_to_tell(RequestContext& context, const Bucket& bucket, const std::string& key) {
  if (!anonymous(context) && context.account == bucket.account) return;
  const Decision decision = by_policy(context, bucket, "s3:ListBucket", "", key);
  if (decision == Decision::allow) return;
  if (decision == Decision::implicit_deny && by_acl(context, bucket, "s3:ListBucket", "")) return;
  throw errors::access_denied();
}

void refuse_anonymous(const RequestContext& context) {
  if (anonymous(context)) throw errors::access_denied();
}

}  // namespace orrery::s3
