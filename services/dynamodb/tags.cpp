#include "services/dynamodb/tags.hpp"
#include "aws/ids.hpp"
#include "registry/pagination.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/operations.hpp"
#include "services/dynamodb/policy_document.hpp"
#include "services/dynamodb/settling.hpp"
#include "services/dynamodb/stream.hpp"
#include "services/dynamodb/table.hpp"
#include "wire/patterns.hpp"

namespace orrery::dynamodb {

namespace {

// Checks, their order and words as recorded in 2026 (aws-controllers-k8s' notes on DynamoDB).

constexpr std::size_t kPage = 50, kMostTags = 50, kMostBytes = 10240;

/// What an ARN names, before it is looked for: a table or a stream of this account and region.
void check_taggable(const RequestContext& context, const std::string& arn) {
  if (!arn.starts_with("arn:")) throw invalid_parameter("ARNs must start with 'arn:': " + arn);
  const auto parts = aws::parse_arn(arn);
  const auto slashes = std::count(parts.resource.begin(), parts.resource.end(), '/');
  const bool stream = slashes == 3 && parts.resource.find("/stream/") != std::string::npos;
  const bool index = slashes == 3 && parts.resource.find("/index/") != std::string::npos;
  const bool ours = parts.valid() && parts.service == "dynamodb" && parts.resource.starts_with("table/");
  if (!ours || !(slashes == 1 || stream || index))
    throw invalid_parameter("Provided Arn is not a DynamoDB resource arn: " + arn);
  if (index)
    throw invalid_parameter("Invalid resource arn provided, only table or stream is accepted. Provided resource arn: " +
                            arn);
  if (parts.account != context.account) throw access_denied();
  constexpr std::size_t kShortestName = 3;
  if (parts.region != context.region || table_name(arn).size() < kShortestName)
    throw validation("Invalid TableArn: Invalid ResourceArn provided as input " + arn);
}

/// A stream has tags of its own. A table has none that can be read or set until it is ACTIVE.
storage::Resource tagged_resource(RequestContext& context, const std::string& arn) {
  if (arn.find("/stream/") != std::string::npos) {
    auto stream = find_stream(context, arn);
    if (!stream) throw tagged_resource_not_found(arn);
    return std::move(stream->resource);
  }
  auto table = find_table(context, arn);
  if (!table || recognition(context, table->resource) != Recognition::full) throw tagged_resource_not_found(arn);
  check_denial(context, table->resource);
  return std::move(table->resource);
}

// Letters, digits and spaces of any script (developer guide, "Tagging restrictions").
constexpr char kKey[] = R"([\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128})";
constexpr char kValue[] = R"([\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256})";

void check_key(const std::string& key) {
  if (!wire::matches_pattern(kKey, key, wire::Anchoring::whole))
    throw validation("The Tag Key provided is invalid, Key: " + key);
  std::string lower = key.substr(0, 4);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "aws:") throw validation("Tag Key cannot be prefixed with aws:, Key: " + key);
}

void check_value(const std::string& value) {
  if (!wire::matches_pattern(kValue, value, wire::Anchoring::whole))
    throw validation("The Tag Value provided is invalid, Value: " + value);
}

/// The tags of a request by themselves.
storage::Tags given_tags(const Input& input) {
  storage::Tags out;
  for (const auto& tag : input.objects("Tags")) {
    const auto key = tag.find_str("Key"), value = tag.find_str("Value");
    if (!key) throw validation("The Tag Key provided is invalid, Key: null");
    if (out.contains(*key)) throw validation("Duplicate Tag Keys provided as input: Duplicate Tag Key found " + *key);
    check_key(*key);
    if (!value) throw validation("The Tag Value provided is invalid, Value: null");
    check_value(*value);
    out[*key] = *value;
  }
  return out;
}

void check_whole(const storage::Tags& tags) {
  if (tags.size() > kMostTags) throw validation("Number of Tags exceed the current limit for the provided ResourceArn");
  std::size_t bytes = 0;
  for (const auto& [key, value] : tags) bytes += key.size() + value.size();
  if (bytes > kMostBytes) {
    throw validation("Tag set size " + std::to_string(bytes) + " bytes is above max size limit of " +
                     std::to_string(kMostBytes) + " bytes");
  }
}

storage::Tags with_tags(const storage::Tags& given, storage::Tags held) {
  for (const auto& [key, value] : given) held[key] = value;
  check_whole(held);
  return held;
}

// With realistic lifecycles what changes tags is under way for a moment, and meanwhile only a TagResource is admitted
// that includes it.
constexpr const char* kTagWrite = "TagWrite";  ///< among the hidden members

bool writing_tags(const RequestContext& context, const storage::Resource& resource) {
  const auto held = resource.hidden.find(kTagWrite);
  return held != resource.hidden.end() && context.now < held->at("Until").get<aws::Millis>();
}

void check_tag_write(const RequestContext& context, const storage::Resource& resource, const storage::Tags& given) {
  if (!writing_tags(context, resource)) return;
  const auto written = resource.hidden.at(kTagWrite).at("Tags").get<storage::Tags>();
  if (!written.empty() && std::includes(given.begin(), given.end(), written.begin(), written.end())) return;
  throw AwsError("LimitExceededException", 400,
                 "Subscriber limit exceeded: Table tags are being updated: " + resource.id);
}

/// `given` is what is set, none where tags are removed; `held` is what is read until it is done.
void begin_tag_write(RequestContext& context, storage::Resource& resource, const storage::Tags& given,
                     const storage::Tags& held) {
  constexpr aws::Millis kTakes = 1'600;
  if (context.settings.lifecycle != Lifecycle::realistic) return;
  resource.hidden[kTagWrite] = {{"Tags", given}, {"Before", held}, {"Until", context.now + kTakes}};
  context.resources().put(resource);
}

}  // namespace

storage::Tags checked_tags(const Input& input, storage::Tags held) {
  return with_tags(given_tags(input), std::move(held));
}

void check_tags_written(const RequestContext& context, const storage::Resource& table) {
  if (writing_tags(context, table)) throw still_in_use("Table tags are being updated: " + table.id);
}

Json list_tags_of_resource(RequestContext& context, const Input& input) {
  const std::string arn = input.str("ResourceArn");
  check_taggable(context, arn);
  const storage::Resource resource = tagged_resource(context, arn);
  const storage::Tags held = writing_tags(context, resource)
                                 ? resource.hidden.at(kTagWrite).at("Before").get<storage::Tags>()
                                 : context.resources().tags(resource.kind, resource.id);
  std::vector<std::pair<std::string, std::string>> tags(held.begin(), held.end());
  // AWS takes a token that is none for no token.
  const auto by_key = [](const auto& tag) { return tag.first; };
  std::optional<std::string> next;
  try {
    next = paginate(tags, kPage, input.find_str("NextToken"), by_key, validation("The provided NextToken is invalid"));
  } catch (const AwsError&) {
    next = paginate(tags, kPage, std::nullopt, by_key, validation(""));
  }
  Json out = {{"Tags", Json::array()}};
  for (const auto& [key, value] : tags) out["Tags"].push_back({{"Key", key}, {"Value", value}});
  if (next) out["NextToken"] = *next;
  return out;
}

Json tag_resource(RequestContext& context, const Input& input) {
  const std::string arn = input.str("ResourceArn");
  check_taggable(context, arn);
  if (input.objects("Tags").empty()) throw validation("Atleast one Tag needs to be provided as Input.");
  const storage::Tags given = given_tags(input);
  storage::Resource resource = tagged_resource(context, arn);
  check_not_deleting(resource);
  const storage::Tags held = context.resources().tags(resource.kind, resource.id);
  check_tag_write(context, resource, given);
  const storage::Tags tags = with_tags(given, held);
  if (tags == held) return Json::object();
  begin_tag_write(context, resource, given, held);
  context.resources().tag(resource.kind, resource.id, tags);
  return Json::object();
}

Json untag_resource(RequestContext& context, const Input& input) {
  const std::string arn = input.str("ResourceArn");
  check_taggable(context, arn);
  const auto keys = input.strings("TagKeys");
  if (keys.empty()) throw validation("Atleast one Tag Key needs to be provided as Input.");
  if (keys.size() > kMostTags) throw validation("Number of Tags exceed the current limit for the provided ResourceArn");
  for (const auto& key : keys) check_key(key);
  storage::Resource resource = tagged_resource(context, arn);
  check_not_deleting(resource);
  const storage::Tags held = context.resources().tags(resource.kind, resource.id);
  const bool changes = std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return held.contains(key); });
  check_tag_write(context, resource, {});
  if (!changes) return Json::object();
  begin_tag_write(context, resource, {}, held);
  for (const auto& key : keys) context.resources().untag(resource.kind, resource.id, key);
  return Json::object();
}

}  // namespace orrery::dynamodb
