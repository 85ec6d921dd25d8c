#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/rds/engines.hpp"

namespace orrery::rds {

// The steps by which an instance comes to be: new, restored, or as a replica. Each reads its members of the input; the
// document may already hold values that the instance inherits.

/// What every instance begins with.
storage::Resource blank_instance(RequestContext& context, const std::string& identifier);
void settle_software(RequestContext& context, const Engine& engine, const ChosenVersion& version, const Input& input,
                     Json& document);
void settle_backup(const Input& input, const std::string& identifier, Json& document);
void settle_encryption(RequestContext& context, const Input& input, Json& document);
void settle_access(RequestContext& context, const Input& input, storage::Resource& instance);
/// `port` is the one to use where the input names none.
void settle_port(RequestContext& context, const Input& input, std::int64_t port, storage::Resource& instance);
void settle_promotion_tier(const Input& input, Json& document);
/// Tags and TagSpecifications.
storage::Tags all_tags(const Input& input, const std::string& type = "db-instance");
/// Stores the instance, with its edges, tags and network interface, and has its engine started.
void launch(RequestContext& context, storage::Resource& instance, const storage::Tags& tags);

}  // namespace orrery::rds
