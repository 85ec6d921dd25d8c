#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// Another instance of the account, maybe in another region.
struct Sibling {
  std::string region;
  storage::Resource instance;
};

/// The instance that a replica reads from; nothing for an instance that is no replica.
std::optional<Sibling> source_of(RequestContext& context, const storage::Resource& instance);
/// The password of the instance's data: a replica's is its source's.
std::string password_of(RequestContext& context, const storage::Resource& instance);

/// An instance goes: its source forgets it, its replicas become instances of their own.
void leave_replication(RequestContext& context, const storage::Resource& instance);
/// An instance has got another name: its source and its replicas are told.
void rename_in_replication(RequestContext& context, const storage::Resource& instance, const std::string& old_name);

Json create_replica(RequestContext&, const Input&);
Json promote_replica(RequestContext&, const Input&);

}  // namespace orrery::rds
