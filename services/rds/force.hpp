#pragma once
#include <map>
#include <optional>
#include <string>

#include "registry/context.hpp"

namespace orrery::rds {

// Which values of its parameter group an instance or a cluster runs with. A group's change of a dynamic parameter
// reaches its instances at once; of a static one, or when asked to wait, at their next restart. So does a new group as
// a whole (RDS user guide, "Parameter groups for Amazon RDS").

/// All of the group's values take force: at creation and at every restart.
void take_force(RequestContext& context, storage::Resource& resource);
/// Name → value as the user wrote it (formulas unevaluated).
Json in_force(RequestContext& context, const storage::Resource& resource);
/// "in-sync" or "pending-reboot".
std::string apply_status(RequestContext& context, const storage::Resource& resource);

/// Changes of a group that apply at once, by parameter: a value, or nothing where it was reset.
using Changes = std::map<std::string, std::optional<std::string>>;
/// Brings them to the instances or clusters of the group.
void spread(RequestContext& context, std::string_view kind, const std::string& group, const Changes& changes);

}  // namespace orrery::rds
