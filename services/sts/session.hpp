#pragma once
#include <string>

#include "identity/credentials.hpp"
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::sts {

/// Makes and keeps temporary credentials of `principal` (its access key is filled in). Returns the output's
/// Credentials structure.
Json issue(RequestContext& context, identity::Principal principal, std::int64_t seconds);

/// Member DurationSeconds within [900, most], `fallback` where it is absent.
std::int64_t read_duration(const Input& input, std::int64_t fallback, std::int64_t most);

}  // namespace orrery::sts
