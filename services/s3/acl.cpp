#include "services/s3/acl.hpp"

#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"

namespace orrery::s3 {

namespace {

constexpr std::string_view kAllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
constexpr std::string_view kAuthenticated = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
constexpr std::string_view kLogDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";

Json group_grant(std::string_view uri, std::string_view permission) {
  return {{"Grantee", {{"Type", "Group"}, {"URI", uri}}}, {"Permission", permission}};
}

Json canonical_grant(const std::string& account, std::string_view permission) {
  return {{"Grantee", {{"Type", "CanonicalUser"}, {"ID", canonical_id(account)}}}, {"Permission", permission}};
}

/// "Canned ACL" in the S3 user guide.
Json canned(const std::string& name, const std::string& owner, const std::string& bucket_owner) {
  Json grants = default_grants(owner);
  if (name == "private" || name == "aws-exec-read") return grants;
  if (name == "bucket-owner-full-control" || name == "bucket-owner-read") {
    if (owner != bucket_owner) {
      grants.push_back(canonical_grant(bucket_owner, name == "bucket-owner-read" ? "READ" : "FULL_CONTROL"));
    }
  } else if (name == "public-read") {
    grants.push_back(group_grant(kAllUsers, "READ"));
  } else if (name == "public-read-write") {
    grants.push_back(group_grant(kAllUsers, "READ"));
    grants.push_back(group_grant(kAllUsers, "WRITE"));
  } else if (name == "authenticated-read") {
    grants.push_back(group_grant(kAuthenticated, "READ"));
  } else if (name == "log-delivery-write") {
    grants.push_back(group_grant(kLogDelivery, "WRITE"));
    grants.push_back(group_grant(kLogDelivery, "READ_ACP"));
  } else {
    throw errors::invalid_argument("", "x-amz-acl", name);
  }
  return grants;
}

/// 'id="…", uri="…"' of an x-amz-grant-… header.
void parse_grantees(const Input& input, const char* member, const char* header, std::string_view permission,
                    Json& grants) {
  const std::string sent = input.str(member);
  std::string_view text = sent;
  while (!text.empty()) {
    const auto end = text.find(',');
    std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto equals = part.find('=');
    const AwsError unknown = errors::invalid_argument("Argument format not recognized", header, std::string(part));
    if (equals == std::string_view::npos) throw unknown;
    const auto trim = [](std::string_view value) {
      while (!value.empty() && (value.front() == ' ' || value.front() == '"')) value.remove_prefix(1);
      while (!value.empty() && (value.back() == ' ' || value.back() == '"')) value.remove_suffix(1);
      return std::string(value);
    };
    const std::string kind = trim(part.substr(0, equals)), value = trim(part.substr(equals + 1));
    Json grantee;
    if (kind == "id")
      grantee = {{"Type", "CanonicalUser"}, {"ID", value}};
    else if (kind == "uri")
      grantee = {{"Type", "Group"}, {"URI", value}};
    else if (kind == "emailAddress")
      grantee = {{"Type", "AmazonCustomerByEmail"}, {"EmailAddress", value}};
    else
      throw unknown;
    grants.push_back({{"Grantee", grantee}, {"Permission", permission}});
  }
}

enum class From { headers, document };

/// No account here has an e-mail address that S3 could know.
void check_grantees(const Json& grants, From from) {
  const bool headers = from == From::headers;
  for (const auto& grant : grants) {
    const Json& grantee = grant.at("Grantee");
    if (grantee.contains("EmailAddress")) {
      throw errors::make("UnresolvableGrantByEmailAddress", 400,
                         "The e-mail address you provided does not match any account on record.");
    }
    const std::string id = grantee.value("ID", std::string(64, '0'));
    if (id.size() != 64 || id.find_first_not_of("0123456789abcdef") != std::string::npos) {
      throw errors::invalid_argument("Invalid id", headers ? "id" : "CanonicalUser/ID", id);
    }
    const std::string uri = grantee.value("URI", std::string(kAllUsers));
    if (uri != kAllUsers && uri != kAuthenticated && uri != kLogDelivery) {
      throw errors::invalid_argument("Invalid group uri", headers ? "uri" : "Group/URI", uri);
    }
  }
}

bool is_public(const Json& grants) {
  for (const auto& grant : grants) {
    const std::string uri = grant.at("Grantee").value("URI", "");
    if (uri == kAllUsers || uri == kAuthenticated) return true;
  }
  return false;
}

void refuse_public(ObjectStore& store, const Bucket& bucket, const Json& grants) {
  const auto block = store.config(bucket.name, "public-access-block");
  if (block && block->value("BlockPublicAcls", false) && is_public(grants)) throw errors::access_denied();
}

/// The grants of a PutBucketAcl or PutObjectAcl.
Json grants_to_put(RequestContext& context, const Input& input, const Bucket& bucket, const std::string& owner) {
  ObjectStore store = store_of(context);
  const auto policy = input.find_object("AccessControlPolicy");
  if (acls_disabled(store, bucket.name)) {
    // Every ACL write is refused then, except the one that changes nothing ("Controlling ownership of objects").
    const bool keeps = policy ? policy->json("Grants") == default_grants(bucket.account)
                              : input.str("ACL") == "bucket-owner-full-control";
    if (policy) policy->json("Owner");
    if (!keeps) throw errors::acl_not_supported();
    return default_grants(bucket.account);
  }
  if (auto grants = grants_from_headers(context, input, bucket, owner)) {
    if (policy) throw errors::make("UnexpectedContent", 400, "This request does not support content");
    return *grants;
  }
  if (!policy) {
    throw errors::make("MissingSecurityHeader", 400, "Your request was missing a required header")
        .with("MissingHeaderName", "x-amz-acl");
  }
  if (!policy->has("Owner") || !policy->has("Grants")) throw errors::malformed_acl();
  if (policy->object("Owner").str("ID", canonical_id(owner)) != canonical_id(owner)) {
    throw errors::access_denied();
  }
  policy->json("Owner");
  Json grants = policy->json("Grants");
  if (grants.is_null()) grants = Json::array();
  for (auto& grant : grants) {
    if (!grant.contains("Grantee") || !grant.contains("Permission")) throw errors::malformed_acl();
  }
  check_grantees(grants, From::document);
  refuse_public(store, bucket, grants);
  return grants;
}

}  // namespace

bool acls_disabled(ObjectStore& store, const std::string& bucket) {
  const auto controls = store.config(bucket, "ownership");
  return controls && controls->at("Rules").at(0).at("ObjectOwnership") == "BucketOwnerEnforced";
}

Json default_grants(const std::string& account) { return Json::array({canonical_grant(account, "FULL_CONTROL")}); }

std::string owner_account(const Bucket& bucket, const Version& version) {
  return version.hidden.value("Owner", bucket.account);
}

std::string new_owner(RequestContext& context, const Input& input, const Bucket& bucket) {
  const bool anonymous = context.principal.type == identity::Principal::Type::anonymous;
  if (context.account == bucket.account || anonymous) return bucket.account;
  const auto controls = store_of(context).config(bucket.name, "ownership");
  const std::string rule = controls ? controls->at("Rules").at(0).value("ObjectOwnership", "") : "ObjectWriter";
  if (rule == "BucketOwnerEnforced") return bucket.account;
  if (rule == "BucketOwnerPreferred" && input.str("ACL") == "bucket-owner-full-control") return bucket.account;
  return context.account;
}

bool granted(const RequestContext& context, const Json& grants, std::string_view permission, Groups groups) {
  const bool anonymous = context.principal.type == identity::Principal::Type::anonymous;
  for (const auto& grant : grants) {
    const std::string given = grant.at("Permission");
    if (given != permission && given != "FULL_CONTROL") continue;
    const Json& grantee = grant.at("Grantee");
    const std::string uri = grantee.value("URI", "");
    if (groups == Groups::count && uri == kAllUsers) return true;
    if (groups == Groups::count && uri == kAuthenticated && !anonymous) return true;
    if (!anonymous && grantee.value("ID", "") == canonical_id(context.account)) return true;
  }
  return false;
}

void refuse_foreign(RequestContext& context, const Bucket& bucket, const Version& version,
                    std::string_view permission) {
  if (!version.hidden.contains("Owner") || context.account != bucket.account) return;
  const std::string owner = owner_account(bucket, version);
  ObjectStore store = store_of(context);
  if (owner == bucket.account || acls_disabled(store, bucket.name)) return;
  if (!granted(context, version.hidden.value("Grants", default_grants(owner)), permission, Groups::count)) {
    throw errors::access_denied();
  }
}

std::optional<Json> grants_from_headers(RequestContext& context, const Input& input, const Bucket& bucket,
                                        const std::string& owner) {
  ObjectStore store = store_of(context);
  const auto acl = input.find_str("ACL");
  Json grants = Json::array();
  parse_grantees(input, "GrantFullControl", "x-amz-grant-full-control", "FULL_CONTROL", grants);
  parse_grantees(input, "GrantRead", "x-amz-grant-read", "READ", grants);
  parse_grantees(input, "GrantReadACP", "x-amz-grant-read-acp", "READ_ACP", grants);
  parse_grantees(input, "GrantWrite", "x-amz-grant-write", "WRITE", grants);
  parse_grantees(input, "GrantWriteACP", "x-amz-grant-write-acp", "WRITE_ACP", grants);
  if (!acl && grants.empty()) return std::nullopt;
  if (acl && !grants.empty())
    throw errors::invalid_request("Specifying both Canned ACLs and Header Grants is not allowed");
  if (acl) grants = canned(*acl, owner, bucket.account);
  if (acls_disabled(store, bucket.name) && grants != default_grants(bucket.account)) throw errors::acl_not_supported();
  check_grantees(grants, From::headers);
  refuse_public(store, bucket, grants);
  return grants;
}

Json get_bucket_acl(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  return {{"Owner", owner_of(bucket.account)},
          {"Grants", store_of(context).config(bucket.name, "acl").value_or(default_grants(bucket.account))}};
}

Json put_bucket_acl(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  store_of(context).put_config(bucket.name, "acl", "", grants_to_put(context, input, bucket, bucket.account));
  return Json::object();
}

Json get_object_acl(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const Version version = version_of(context, input, bucket);
  refuse_foreign(context, bucket, version, "READ_ACP");
  ObjectStore store = store_of(context);
  const std::string owner = acls_disabled(store, bucket.name) ? bucket.account : owner_account(bucket, version);
  return {{"Owner", owner_of(owner)}, {"Grants", version.hidden.value("Grants", default_grants(owner))}};
}

Json put_object_acl(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  Version version = version_of(context, input, bucket);
  refuse_foreign(context, bucket, version, "WRITE_ACP");
  version.hidden["Grants"] = grants_to_put(context, input, bucket, owner_account(bucket, version));
  store_of(context).update(version);
  if (bucket.versioning != Versioning::never) context.response_headers.set("x-amz-version-id", version.id);
  return Json::object();
}

}  // namespace orrery::s3
