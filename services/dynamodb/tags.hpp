#pragma once
#include "registry/input.hpp"
#include "storage/resources.hpp"

namespace orrery::dynamodb {

/// `held` with the request's Tags added. Throws ValidationException for reserved or malformed ones, or too many.
storage::Tags checked_tags(const Input& input, storage::Tags held);

}  // namespace orrery::dynamodb
