#pragma once
#include "registry/context.hpp"

namespace orrery::rds {

// Modifications that wait for the maintenance window: without ApplyImmediately RDS defers most of them (API reference,
// ModifyDBInstance). They are kept as the members of the document that they change.

/// Lays what is pending over the document: what the instance will be.
void lay_pending(storage::Resource& instance);
/// `wanted` is `before` with all modifications. Takes those back that RDS defers and notes them as pending.
void defer(RequestContext& context, const storage::Resource& before, storage::Resource& wanted);
void forget_pending(storage::Resource& instance);
/// True when something is pending and a maintenance window has begun since.
bool maintenance_due(RequestContext& context, const storage::Resource& instance);

}  // namespace orrery::rds
