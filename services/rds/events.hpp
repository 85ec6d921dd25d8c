#pragma once
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// Records an event of an instance or a snapshot ("db-instance", "db-snapshot") in RDS's words (user guide, "Amazon RDS
/// event categories and event messages"). `category` as there: "creation", "backup", "configuration change", …
void record_event(RequestContext& context, std::string_view source_type, const storage::Resource& source,
                  const std::string& category, const std::string& message);
/// Drops the events that are older than the 14 days for which RDS keeps them.
void forget_events(RequestContext& context);

Json describe_events(RequestContext&, const Input&);

}  // namespace orrery::rds
