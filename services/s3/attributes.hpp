#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// What a client says about an object when it writes one, in PutObject, CopyObject or CreateMultipartUpload.
struct Attributes {
  Json document = Json::object();  ///< members of HeadObject's output
  Json hidden = Json::object();    ///< Tags, Grants
};

/// Content headers, metadata, website redirect: what CopyObject's metadata directive is about.
void read_metadata(const Input& input, Json& document);
/// Storage class, encryption (the bucket's default where none is asked), object lock, ACL.
void read_placement(RequestContext& context, const Input& input, const Bucket& bucket, Attributes& attributes);

/// The members of an output that tell how an object is encrypted, copied from its document.
void add_encryption(const Json& document, Json& output);
/// Checksum members, and ChecksumType.
void add_checksums(const Json& document, Json& output);

/// Object lock: throws AccessDenied where a retention or legal hold forbids to remove the version.
enum class Bypass { no, yes };
void refuse_locked(const RequestContext& context, const Version& version, Bypass bypass);

/// Checks the customer's key of SSE-C against the one the object was written with. `prefix` is "" or "CopySource".
void check_customer_key(const Input& input, const Json& document, const std::string& prefix);

/// The same for the parts of an upload, in their own words.
void check_part_key(const Input& input, const Json& document);

/// The customer's key of SSE-C, 32 bytes; "" where none was sent. check_customer_key() or read_placement() checked it.
std::string customer_key(const Input& input, const std::string& prefix);

/// True where the ETag is no MD5 of the content: SSE-KMS, DSSE and SSE-C ("ETag" in the API reference's Object type).
bool opaque_etag(const Json& document);

}  // namespace orrery::s3
