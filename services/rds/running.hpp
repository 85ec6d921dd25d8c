#pragma once
#include <optional>
#include <string>

#include "engines/specification.hpp"
#include "registry/context.hpp"

namespace orrery::rds {

// The engine behind an instance. What it shall be follows from the store (specification); what it is, the supervisor
// knows; the status that clients see is the difference of the two.

/// "rds/<account>/<region>/<DbiResourceId>", stable over renames.
/// The writer of a cluster has the cluster's.
std::string engine_id(RequestContext& context, const storage::Resource& instance);
std::string engine_id(const std::string& account, const std::string& region, const storage::Resource& instance);
/// Whether a real engine runs behind instances of this RDS engine ("postgres", "mysql") on this server.
bool has_engine(const RequestContext& context, const std::string& rds_engine);

/// Whether one runs (or shall run) behind this instance.
bool engine_runs(const RequestContext& context, const storage::Resource& instance);

/// Puts the instance's endpoint into its document: an address leased for its engine, or the name that AWS would give.
/// Again after its port or its identifier changed; the same lease comes back.
void place_endpoint(RequestContext& context, storage::Resource& instance, std::int64_t port);
std::int64_t port_of(const storage::Resource& instance);
void release_endpoint(RequestContext& context, const storage::Resource& instance);

/// A lease of an address, as `hidden` keeps it: {"advertised": {"host", "port"}, "listen": {"host", "port"}}.
Json lease(RequestContext& context, const std::string& id, std::int64_t port);
/// Whether an engine is up and as it shall be.
bool as_wanted(const engines::Status& status, const engines::Specification& wanted);

enum class Transition { creating, modifying, rebooting, starting, stopping };
/// What clients see until the engine is as wanted.
void begin_transition(storage::Resource& instance, Transition transition);
/// The engine is restarted, with every value of its parameter group.
void restart(RequestContext& context, storage::Resource& instance, Transition transition);
/// The supervisor looks again once this transaction is committed.
void poke(RequestContext& context);

/// DBInstanceStatus as it is now.
std::string status_of(RequestContext& context, const storage::Resource& instance);
/// True while the engine has not taken over the master password yet.
bool password_pending(RequestContext& context, const storage::Resource& instance);
engines::Specification specification(RequestContext& context, const storage::Resource& instance);

}  // namespace orrery::rds
