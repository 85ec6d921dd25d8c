#pragma once
#include "registry/input.hpp"
#include "storage/resources.hpp"

namespace orrery::dynamodb {

/// The request's Tags. Throws ValidationException for reserved or malformed ones, or too many.
storage::Tags checked_tags(const Input& input);

}  // namespace orrery::dynamodb
