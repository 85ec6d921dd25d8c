#include "services/rds/versions.hpp"

#include "services/rds/checks.hpp"
#include "services/rds/errors.hpp"

namespace orrery::rds {

Upgrade checked_upgrade(RequestContext& context, const Engine& engine, const std::string& current, const Input& input,
                        const std::string& arn) {
  const ChosenVersion from = *choose_version(engine, current, context.now);
  const std::string wanted = input.str("EngineVersion", current);
  if (wanted == current || wanted == from.major->major) return {from, from};
  const ChosenVersion to = checked_version(context, engine, wanted, arn);
  const auto rank = [&](const ChosenVersion& v) {
    return std::pair{v.major - engine.majors.data(), v.version - v.major->versions.data()};
  };
  if (rank(to) < rank(from))
    throw invalid_parameter_combination("Cannot upgrade " + std::string(engine.name) + " from " + current + " to " +
                                        wanted);
  return {from, to};
}

}  // namespace orrery::rds
