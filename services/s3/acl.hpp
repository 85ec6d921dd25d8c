#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// Reads `ACL`, `GrantFullControl`, `GrantRead`, `GrantReadACP`, `GrantWrite`, `GrantWriteACP` and gives the grants
/// that they stand for; nullopt where none was sent. Refuses what the bucket's ownership and public access block do.
std::optional<Json> grants_from_headers(RequestContext& context, const Input& input, const Bucket& bucket);
/// True under BucketOwnerEnforced: grants neither can be written nor count.
bool acls_disabled(ObjectStore& store, const std::string& bucket);
Json default_grants(const std::string& account);

Json get_bucket_acl(RequestContext& context, const Input& input);
Json put_bucket_acl(RequestContext& context, const Input& input);
Json get_object_acl(RequestContext& context, const Input& input);
Json put_object_acl(RequestContext& context, const Input& input);

}  // namespace orrery::s3
