#include "services/rds/events.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/names.hpp"
#include "services/rds/paging.hpp"

namespace orrery::rds {

namespace {

constexpr std::string_view kEvent = "event";
constexpr aws::Millis kMinute = 60 * 1000, kKept = aws::Millis{14} * 24 * 60 * kMinute;

struct Span {
  aws::Millis begin, end;
};

aws::Millis millis(double seconds) { return static_cast<aws::Millis>(seconds * 1000); }

/// StartTime to EndTime, or the Duration's minutes before EndTime (60 when neither is given).
Span span(RequestContext& context, const Input& input) {
  const auto end = input.has("EndTime") ? millis(input.number("EndTime")) : context.now + 1;
  if (input.has("StartTime")) return {millis(input.number("StartTime")), end};
  return {end - input.integer("Duration", 60) * kMinute, end};
}

bool matches(const Input& input, const Json& event) {
  const std::string type = input.str("SourceType"), identifier = lower(input.str("SourceIdentifier"));
  if (!type.empty() && event.at("SourceType") != type) return false;
  if (!identifier.empty() && event.at("SourceIdentifier") != identifier) return false;
  const auto categories = input.strings("EventCategories");
  return categories.empty() ||
         std::find(categories.begin(), categories.end(), event.at("EventCategories").at(0)) != categories.end();
}

}  // namespace

void record_event(RequestContext& context, std::string_view source_type, const storage::Resource& source,
                  const std::string& category, const std::string& message) {
  storage::Resource event;
  event.kind = kEvent;
  // Ids sort by time; several events of one request stay in their order.
  const std::string time = std::to_string(context.now);
  std::size_t place = 0;
  do {
    const std::string number = std::to_string(place++);
    event.id = time + "-" + std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number;
  } while (context.resources().exists(kEvent, event.id));
  event.created = context.now;
  event.document = {{"SourceIdentifier", source.id},
                    {"SourceType", source_type},
                    {"SourceArn", source.arn},
                    {"EventCategories", Json::array({category})},
                    {"Message", message},
                    {"Date", context.timestamp()}};
  context.resources().put(event);
}

void forget_events(RequestContext& context) {
  for (const storage::Location& location : storage::locations(context.tx, "rds", kEvent))
    if (std::stoll(location.id) < context.now - kKept)
      storage::ResourceTable(context.tx, location.account, location.region, "rds").erase(kEvent, location.id);
}

Json describe_events(RequestContext& context, const Input& input) {
  input.acknowledge("Filters", "RDS documents that this parameter is not supported here");
  if (input.has("SourceIdentifier") && !input.has("SourceType"))
    throw invalid_parameter_combination("The parameter SourceType must be provided with SourceIdentifier.");
  const Span wanted = span(context, input);
  if (wanted.begin >= wanted.end) throw invalid_parameter_combination("StartTime must be before EndTime.");
  std::vector<Json> events;
  for (const storage::Resource& event : context.resources().list(kEvent)) {
    if (event.created < wanted.begin || event.created >= wanted.end || !matches(input, event.document)) continue;
    Json document = event.document;
    document["order"] = event.id;
    events.push_back(std::move(document));
  }
  Json answer = page(input, "Events", std::move(events), "order");
  for (Json& event : answer["Events"]) event.erase("order");
  return answer;
}

}  // namespace orrery::rds
