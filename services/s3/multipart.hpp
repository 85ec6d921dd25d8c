#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

Json create_multipart_upload(RequestContext& context, const Input& input);
Json upload_part(RequestContext& context, const Input& input);
Json upload_part_copy(RequestContext& context, const Input& input);
Json complete_multipart_upload(RequestContext& context, const Input& input);
Json abort_multipart_upload(RequestContext& context, const Input& input);
Json list_parts(RequestContext& context, const Input& input);
Json list_multipart_uploads(RequestContext& context, const Input& input);

/// The upload that `Key` and `UploadId` name. Throws NoSuchUpload.
Upload find_upload(RequestContext& context, const Input& input, const Bucket& bucket);

}  // namespace orrery::s3
