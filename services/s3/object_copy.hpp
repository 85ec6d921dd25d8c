#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/checksum.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

Json copy_object(RequestContext& context, const Input& input);

/// The version that x-amz-copy-source names, after the conditions on it and its customer key were checked.
struct CopySource {
  Bucket bucket;
  Version version;
};
CopySource find_copy_source(RequestContext& context, const Input& input);

/// A checksum (base64) and the MD5 (raw) of bytes that are stored already.
struct Digests {
  std::string checksum, md5;
};

Digests digest_stored(const ObjectStore& store, const std::vector<Segment>& segments, std::uint64_t size,
                      Algorithm algorithm);

}  // namespace orrery::s3
