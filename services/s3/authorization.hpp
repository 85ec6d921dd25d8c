#pragma once
#include <string>
#include <string_view>

#include "registry/context.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// The action that policies know an operation by: "HeadObject" → "s3:GetObject".
std::string action_of(std::string_view operation);

/// Lets the owner's account pass. An unsigned request, or one of another account, needs an Allow in the bucket's policy
/// or a grant in the ACL of the bucket or object, as far as the public access block lets those count. Throws
/// AccessDenied.
void authorize(RequestContext& context, const Bucket& bucket, std::string_view action, const std::string& key);

/// For a key that is not there: without the right to list, S3 does not say so ("GetObject", Permissions). Throws
/// AccessDenied.
void refuse_to_tell(RequestContext& context, const Bucket& bucket, const std::string& key);

/// For what no bucket's policy can allow.
void refuse_anonymous(const RequestContext& context);

}  // namespace orrery::s3
