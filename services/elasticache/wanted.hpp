#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engines/specification.hpp"
#include "registry/context.hpp"

namespace orrery::elasticache {

/// The engines that a backed group or a backed cluster that stands alone wants; none for others.
std::vector<engines::Specification> engines_of_group(RequestContext& context, const storage::Resource& group);
std::vector<engines::Specification> engines_of_cluster(RequestContext& context, const storage::Resource& cluster);
/// The one engine of a serverless cache; none where none could run as it was made.
std::optional<engines::Specification> engine_of_serverless(RequestContext& context, const storage::Resource& cache);

/// The values that parameters of a cluster have which take force with a reboot, as its parameter group has them now.
std::map<std::string, std::string> boot_parameters(RequestContext& context, const storage::Resource& cluster);

/// Service::engines: all engines and snapshots of all accounts and regions.
void want(RequestContext& context, engines::Wanted& wanted);

}  // namespace orrery::elasticache
