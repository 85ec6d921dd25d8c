#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::dynamodb {

/// The quotas that new accounts have (developer guide, "Service, account, and table quotas"), and their refusals in the
/// service's words (recorded in 2026, aws-controllers-k8s' notes on DynamoDB).
constexpr std::int64_t kAccountCapacity = 80000, kTableCapacity = 40000;

/// ProvisionedThroughput of a table, or of its index where `index` is not "". Throws LimitExceededException.
void check_capacity(const RequestContext& context, const std::optional<Input>& provisioned,
                    const std::string& index = "");

/// What a throughput is asked for: refusals have other words for what is created.
enum class Occasion { creation, update };

/// OnDemandThroughput: of on-demand tables alone, within the quota; -1 takes away what was set.
void check_on_demand_maxima(const RequestContext& context, const Input& maxima, const std::string& billing_mode,
                            const std::string& index = "", Occasion occasion = Occasion::update);

/// WarmThroughput of a new table or index: no less than it would have without, within the quota.
void check_warm_minimum(const RequestContext& context, const Input& asked, const std::string& billing_mode,
                        const Json& provisioned, const std::string& index = "");

/// WarmThroughput grows only, within the quota. `held` is the table's or index's own.
void check_warm_growth(const RequestContext& context, const Input& asked, const Json& held,
                       const std::string& index = "");

/// All throughput of a new global index. `occasion` is that of its table: CreateTable's words, or UpdateTable's.
void check_new_index(const RequestContext& context, const Input& index, const std::string& billing_mode,
                     Occasion occasion);

/// NumberOfDecreasesToday of a table's or index's description, as of now: a UTC day begins with none.
void count_decreases_today(const RequestContext& context, Json& described);

/// Whether an UpdateTable asks for a change of that member: an empty WarmThroughput, OnDemandThroughput or
/// GlobalSecondaryIndexUpdates is none.
bool asks_for(const Input& update, std::string_view member);

/// What one UpdateTable of AWS's cannot do together.
void check_combination(RequestContext& context, const std::string& arn, const Input& update);

/// A table's or index's ProvisionedThroughput after a change, with the day's count of decreases: AWS allows four a UTC
/// day, and one more in each hour without one.
Json changed_throughput(RequestContext& context, const std::string& arn, const Json& before, const Input& asked);

/// Sets one of ReadCapacityUnits and WriteCapacityUnits in the description of a table or index, whose ARN is `arn`,
/// with what changed_throughput() keeps and the warm throughput that goes with it.
void set_capacity(RequestContext& context, const std::string& arn, Json& described, const std::string& member,
                  std::int64_t units);

/// Notes a change of the time to live, of which AWS allows one in half an hour.
void note_expiry_change(RequestContext& context, storage::Resource& table);

/// AWS allows two changes of the table class in 30 days, and after them not even the class that the table has. `prefix`
/// is of the refusal's message.
void check_class_changes(RequestContext& context, storage::Resource& table,
                         const std::string& prefix = "Subscriber limit exceeded: ");
void note_class_change(RequestContext& context, storage::Resource& table,
                       const std::string& prefix = "Subscriber limit exceeded: ");

/// Notes a change of the key: AWS allows four in 24 hours, and one more in each six hours without one.
void note_encryption_change(RequestContext& context, storage::Resource& table);

}  // namespace orrery::dynamodb
