#pragma once
#include <string>
#include <string_view>

#include "registry/context.hpp"
#include "registry/error.hpp"

namespace orrery {

/// A rule of AWS's that a default run does not enforce. `id` is lower case with dashes and begins with the service.
struct Rule {
  std::string_view id;
  std::string_view reference;  ///< URL of the documentation that states it
};

/// AWS would refuse this call with `error`: throws it when strict, else records a finding on `resource` (ARN, or the
/// name it will have).
void would_refuse(RequestContext& context, const Rule& rule, const std::string& resource, const AwsError& error);

/// AWS accepts this; records the advice.
void advise(RequestContext& context, const Rule& rule, const std::string& resource, const std::string& advice);

/// Takes a finding back whose cause a later call removed.
void settle(RequestContext& context, const Rule& rule, const std::string& resource);

}  // namespace orrery
