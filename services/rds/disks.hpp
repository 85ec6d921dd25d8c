#pragma once
#include "registry/input.hpp"
#include "services/rds/engines.hpp"

namespace orrery::rds {

/// Takes StorageType, AllocatedStorage, Iops, StorageThroughput, MaxAllocatedStorage and DedicatedLogVolume from
/// `input` into an instance's document, with RDS's defaults, and refuses combinations that RDS refuses. `document` may
/// already hold the values of before.
void settle_storage(const Engine& engine, const Input& input, Json& document);

}  // namespace orrery::rds
