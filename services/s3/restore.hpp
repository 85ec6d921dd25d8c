#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

Json restore_object(RequestContext& context, const Input& input);

/// Throws InvalidObjectState for a version in an archive that has no restored copy.
void refuse_archived(const RequestContext& context, const Version& version);
/// The x-amz-restore header; "" where none was asked for.
std::string restore_header(const RequestContext& context, const Version& version);

}  // namespace orrery::s3
