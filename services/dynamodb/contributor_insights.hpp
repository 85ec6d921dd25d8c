#pragma once
#include <string>

#include "storage/resources.hpp"

namespace orrery::dynamodb {

/// For an index that is deleted; `table` is to be put by the caller.
void forget_insights(storage::Resource& table, const std::string& index);

}  // namespace orrery::dynamodb
