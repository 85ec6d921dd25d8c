#pragma once
#include "registry/context.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

// What S3 checks in a sub-resource beyond its schema, and what it fills in.
void check_encryption(RequestContext&, const Bucket&, Json& document);
void check_public_access_block(RequestContext&, const Bucket&, Json& document);
void check_ownership(RequestContext&, const Bucket&, Json& document);
void check_cors(RequestContext&, const Bucket&, Json& document);
void check_website(RequestContext&, const Bucket&, Json& document);
void check_logging(RequestContext&, const Bucket&, Json& document);
void check_replication(RequestContext&, const Bucket&, Json& document);
void check_accelerate(RequestContext&, const Bucket&, Json& document);
void check_object_lock(RequestContext&, const Bucket&, Json& document);
void check_notification(RequestContext&, const Bucket&, Json& document);
void check_lifecycle(RequestContext&, const Bucket&, Json& document);

}  // namespace orrery::s3
