#pragma once
#include <string>
#include <vector>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

// Keys at rest. Every stored body has a random data key, which lies with the segments that use the body, wrapped by the
// object key of their version or upload. The object key lies in its `hidden`, wrapped by what the document names: the
// server's own key (SSE-S3), a key of KMS, or the customer's. So a copy changes keys and moves no bytes.

/// What a key is wrapped for: a version or an upload.
struct Sealed {
  const std::string& bucket;
  const std::string& key;
  const Json& document;
  Json& hidden;
};

/// Makes an object key and keeps it, wrapped, in `hidden`. `customer_key` is SSE-C's, "" otherwise. Throws KMS's
/// refusals in S3's form.
std::string new_object_key(RequestContext& context, const Sealed& of, const std::string& customer_key);
/// The object key of a version or upload; "" of one that was written in the clear by an earlier version of Orrery.
std::string object_key(RequestContext& context, const Sealed& of, const std::string& customer_key);

/// Wraps and unwraps the data keys of segments: that of a second layer under the server's own key.
void wrap_keys(RequestContext& context, const std::string& object_key, std::vector<Segment>& segments);
void unwrap_keys(RequestContext& context, const std::string& object_key, std::vector<Segment>& segments);

/// Gives the version a new object key and wraps its segments' data keys.
void protect(RequestContext& context, const std::string& customer_key, Version& version);
/// The version's segments with their data keys, as open_source() reads them.
std::vector<Segment> readable(RequestContext& context, const std::string& customer_key, const Version& version);

}  // namespace orrery::s3
