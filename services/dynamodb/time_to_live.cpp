#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/table.hpp"

namespace orrery::dynamodb {

Json describe_time_to_live(RequestContext& context, const Input& input) {
  const Table table = require_described_table(context, input.str("TableName"));
  Json out = {{"TimeToLiveStatus", "DISABLED"}};
  if (table.resource.hidden.contains("TimeToLive")) {
    out = {{"TimeToLiveStatus", "ENABLED"}, {"AttributeName", table.resource.hidden.at("TimeToLive")}};
  }
  return {{"TimeToLiveDescription", std::move(out)}};
}

Json update_time_to_live(RequestContext& context, const Input& input) {
  Table table = require_described_table(context, input.str("TableName"));
  const Input specification = input.object("TimeToLiveSpecification");
  const std::string attribute = specification.str("AttributeName");
  const bool enabled = specification.flag("Enabled");
  Json& hidden = table.resource.hidden;
  if (enabled && hidden.contains("TimeToLive")) throw validation("TimeToLive is already enabled");
  if (!enabled && !hidden.contains("TimeToLive")) throw validation("TimeToLive is already disabled");
  if (!enabled && hidden.at("TimeToLive") != attribute) {
    throw validation("TimeToLive is active on a different AttributeName: current AttributeName is " +
                     hidden.at("TimeToLive").get<std::string>());
  }
  if (enabled) {
    hidden["TimeToLive"] = attribute;
  } else {
    hidden.erase("TimeToLive");
  }
  context.resources().put(table.resource);
  return {{"TimeToLiveSpecification", {{"Enabled", enabled}, {"AttributeName", attribute}}}};
}

}  // namespace orrery::dynamodb
