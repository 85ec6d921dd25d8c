#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// Reads `ACL`, `GrantFullControl`, `GrantRead`, `GrantReadACP`, `GrantWrite`, `GrantWriteACP` and gives the grants
/// that they stand for, on the bucket or an object of `owner`; nullopt where none was sent. Refuses what the bucket's
/// ownership and public access block do.
std::optional<Json> grants_from_headers(RequestContext& context, const Input& input, const Bucket& bucket,
                                        const std::string& owner);
/// The account that will own what this request writes ("Controlling ownership of objects"): the bucket's, or the
/// writer's where ACLs are enabled. Reads `ACL`.
std::string new_owner(RequestContext& context, const Input& input, const Bucket& bucket);
std::string owner_account(const Bucket& bucket, const Version& version);
/// Throws AccessDenied where the version belongs to another account that did not grant the bucket's owner to read it.
void refuse_foreign(RequestContext& context, const Bucket& bucket, const Version& version, std::string_view permission);
/// True when `grants` give `permission` to whoever asks.
enum class Groups { ignored, count };
bool granted(const RequestContext& context, const Json& grants, std::string_view permission, Groups groups);
/// True under BucketOwnerEnforced: grants neither can be written nor count.
bool acls_disabled(ObjectStore& store, const std::string& bucket);
Json default_grants(const std::string& account);

Json get_bucket_acl(RequestContext& context, const Input& input);
Json put_bucket_acl(RequestContext& context, const Input& input);
Json get_object_acl(RequestContext& context, const Input& input);
Json put_object_acl(RequestContext& context, const Input& input);

}  // namespace orrery::s3
