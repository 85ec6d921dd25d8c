#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "storage/resources.hpp"

namespace orrery::dynamodb {

/// `held` with the request's Tags added. Throws ValidationException for reserved or malformed ones, or too many.
storage::Tags checked_tags(const Input& input, storage::Tags held);

/// For DeleteTable: throws ResourceInUseException while tags are written.
void check_tags_written(const RequestContext& context, const storage::Resource& table);

}  // namespace orrery::dynamodb
