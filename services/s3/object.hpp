#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

Json put_object(RequestContext& context, const Input& input);
Json get_object(RequestContext& context, const Input& input);
Json head_object(RequestContext& context, const Input& input);
Json get_object_attributes(RequestContext& context, const Input& input);

/// Keys have 1 to 1024 bytes. Throws KeyTooLongError.
void check_key(const std::string& key);
/// What GetObject and HeadObject answer for a version that may be read.
Json read_object(RequestContext& context, const Input& input, const Bucket& bucket, const Version& version);
/// The members of a write's output that the version tells: VersionId where the bucket keeps versions, encryption,
/// and when it expires.
void add_written(RequestContext& context, const Bucket& bucket, const Version& version, Json& output);
/// The ETag of content with this MD5 (raw): its hexadecimal form, or where the encryption makes it opaque a digest that
/// gives the content's away to nobody; the same content under the same key has the same.
std::string etag_of(const Json& document, const std::string& md5);

}  // namespace orrery::s3
