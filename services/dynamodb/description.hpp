#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

/// The parts of a table's description, as CreateTable and UpdateTable make them out of their input.

/// ProvisionedThroughputDescription; zeros for on-demand.
Json throughput(const std::optional<Input>& input);
/// WarmThroughput of a table or index: what was asked for, else what its throughput provides for.
Json warm_throughput(const std::optional<Input>& input, const std::string& billing_mode, const Json& throughput);
Json on_demand_throughput(const Input& input);
/// SSEDescription; null where the table is encrypted with DynamoDB's own key.
Json sse_description(RequestContext& context, const std::optional<Input>& specification);
Json global_index_description(const Input& index, const std::string& table_arn, const std::string& billing_mode);
Json local_index_description(const Input& index, const std::string& table_arn);
/// Turns a stream on or off in `document`.
void set_stream(RequestContext& context, Json& document, const Input& specification);

/// Checks names, key schemas, attribute definitions and index counts of a whole description.
void check_description(const Json& document);

/// The description as answered: with counts and sizes of now.
Json described(RequestContext& context, const Table& table);

}  // namespace orrery::dynamodb
