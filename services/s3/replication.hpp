#pragma once
#include "registry/context.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// Adds a version (or delete marker) that a client wrote to its bucket, and to the buckets that replication rules name:
/// at once, where AWS takes a while.
void add_version(RequestContext& context, const Bucket& bucket, Version& version);

/// Hands changed tags, ACL and locks on to the replicas of a version.
void replicate_change(RequestContext& context, const Bucket& bucket, const Version& version);

}  // namespace orrery::s3
