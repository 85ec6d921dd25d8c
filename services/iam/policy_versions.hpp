#pragma once
#include <string>
#include <vector>

#include "services/iam/entity.hpp"

namespace orrery::iam {

enum class MakeDefault { no, yes };

/// Adds the next version to `policy`, and puts both. `document` is encoded. Returns the version's document.
Json add_version(RequestContext& context, storage::Resource& policy, const std::string& document, MakeDefault);
/// All versions of a policy, the newest first.
std::vector<storage::Resource> versions_of(RequestContext& context, const storage::Resource& policy);

}  // namespace orrery::iam
