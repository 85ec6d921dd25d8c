#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

inline ObjectStore store_of(RequestContext& context) { return {context.tx, context.settings.data_dir}; }

/// The bucket that the request names, after the checks that every operation makes: it exists, the caller may do this to
/// it, and x-amz-expected-bucket-owner is its owner. Reads `Bucket`, `Key`, `ExpectedBucketOwner` and `RequestPayer`.
Bucket bucket_of(RequestContext& context, const Input& input);
/// `key` is "" for the bucket itself.
Bucket find_bucket(RequestContext& context, const std::string& name, const std::string& expected_owner,
                   std::string_view action, const std::string& key);

/// bucket_of() for operations with an XML body: its digests are checked too. Reads `ContentMD5`, `ChecksumAlgorithm`.
Bucket bucket_to_configure(RequestContext& context, const Input& input);

/// The version that `Key` and `VersionId` name. Throws NoSuchKey, NoSuchVersion, or MethodNotAllowed for a delete
/// marker.
Version version_of(RequestContext& context, const Input& input, const Bucket& bucket);
Version find_version(RequestContext& context, const Bucket& bucket, const std::string& key, const std::string& id);

/// What a version that is not there is refused with: NoSuchVersion, or InvalidArgument for an id that was never issued.
AwsError missing_version(const std::string& key, const std::string& id);

/// The canonical user id of an account: 64 hexadecimal digits.
std::string canonical_id(const std::string& account);
Json owner_of(const std::string& account);

inline std::string quote_etag(const std::string& etag) { return '"' + etag + '"'; }
/// An ETag as a client may send it, with or without quotes.
std::string unquoted(std::string_view etag);

}  // namespace orrery::s3
