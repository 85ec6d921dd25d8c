#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/rds/engines.hpp"
#include "services/rds/errors.hpp"

namespace orrery::rds {

// The steps by which a cluster comes to be, new or restored.

const Engine& checked_cluster_engine(const std::string& name);
/// Refuses what other kinds of clusters have (serverless v1, global, Multi-AZ, Data API, …).
void refuse_other_clusters(const Input& input);
storage::Resource blank_cluster(RequestContext& context, const std::string& identifier);
/// Everything but encryption, database and credentials. The document may hold values that the cluster inherits.
void settle_cluster(RequestContext& context, const Engine& engine, const ChosenVersion& version, const Input& input,
                    storage::Resource& cluster);
void settle_storage_type(const Input& input, Json& document);
void settle_scaling(const Input& input, Json& document);
void launch_cluster(RequestContext& context, storage::Resource& cluster, const storage::Tags& tags);
AwsError cluster_exists(const std::string& id);

}  // namespace orrery::rds
