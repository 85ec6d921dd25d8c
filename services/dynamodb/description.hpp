#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// The parts of a table's description, as CreateTable and UpdateTable make them out of their input.

/// "PROVISIONED" or "PAY_PER_REQUEST", of a table's document.
std::string billing_mode(const Json& document);
/// ProvisionedThroughputDescription; zeros for on-demand.
Json throughput(const std::optional<Input>& input);
/// Sets another billing mode; capacity is asked for no longer, or not yet.
void change_billing_mode(const RequestContext& context, Json& document, const std::string& mode);
/// WarmThroughput of a table or index: what was asked for, else what its throughput provides for.
Json warm_throughput(const std::optional<Input>& input, const std::string& billing_mode, const Json& throughput);
/// Raises the warm throughput in the description of a table or index to what its throughput provides for.
void warm_at_least(Json& description, const std::string& billing_mode);
/// OnDemandThroughput of what is new.
Json on_demand_throughput(const Input& asked);
/// Sets the maxima of OnDemandThroughput that `asked` has in the description of a table or index; -1 takes one away.
void set_on_demand_maxima(Json& description, const Input& asked);
/// Raises the warm throughput in the description of a table or index to what is asked for.
void raise_warm_throughput(Json& description, const Input& asked);
Json global_index_description(const Input& index, const std::string& table_arn, const std::string& billing_mode);
Json local_index_description(const Input& index, const std::string& table_arn);
/// Turns the table's stream on or off; `table` is to be put by the caller.
void set_stream(RequestContext& context, storage::Resource& table, const Input& specification);
/// Gives a new table the ids under which its items and its indexes' entries are kept.
void allocate_ids(RequestContext& context, storage::Resource& table);

/// In the order of their names, as AWS answers them.
void sort_definitions(Json& document);
/// Leaves only attribute definitions that a key uses: AWS drops those of a deleted index too.
void drop_unused_definitions(Json& document);
/// Checks names, key schemas, attribute definitions and index counts of a whole description.
void check_description(const Json& document);

/// The description as answered: with counts and sizes of now. `begun` is for the call that has begun a change.
enum class Moment { now, begun };
Json described(RequestContext& context, const Table& table, Moment moment = Moment::now);

/// The description of the global index of that name within a table's; null when there is none.
Json* find_index(Json& document, const std::string& name);

}  // namespace orrery::dynamodb
