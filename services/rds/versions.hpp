#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/rds/engines.hpp"

namespace orrery::rds {

struct Upgrade {
  ChosenVersion from, to;  ///< the same where the input wishes no other
};
/// EngineVersion of a modify call. Refuses unknown versions and downgrades; a new major version is the caller's to
/// judge.
Upgrade checked_upgrade(RequestContext& context, const Engine& engine, const std::string& current, const Input& input,
                        const std::string& arn);

}  // namespace orrery::rds
