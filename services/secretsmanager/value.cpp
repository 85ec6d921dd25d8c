#include "aws/ids.hpp"
#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

storage::Resource choose(const Secret& secret, const std::optional<std::string>& id,
                         const std::optional<std::string>& stage) {
  if (id) {
    auto version = secret.version(*id);
    if (!version) throw errors::value_not_found("VersionId: " + *id);
    const Json& stages = version->document.at("VersionStages");
    if (stage && std::find(stages.begin(), stages.end(), *stage) == stages.end()) {
      throw errors::invalid_request("You provided a VersionStage that is not associated to the provided VersionId.");
    }
    return std::move(*version);
  }
  const std::string wanted = stage.value_or(kCurrent);
  auto version = secret.version_at(wanted);
  if (!version) throw errors::value_not_found("staging label: " + wanted);
  return std::move(*version);
}

Json entry(const Secret& secret, const storage::Resource& version) {
  Json out = secret.reference();
  const Value value = secret.open(version);
  out[value.form == Value::Form::string ? "SecretString" : "SecretBinary"] = value.bytes;
  out["VersionId"] = version.document.at("VersionId");
  out["VersionStages"] = version.document.at("VersionStages");
  out["CreatedDate"] = version.document.at("CreatedDate");
  return out;
}

void batch_by_id(RequestContext& context, const std::vector<std::string>& ids, Json& values, Json& failures) {
  for (const std::string& id : ids) {
    try {
      const Secret secret = find_active(context, id);
      values.push_back(entry(secret, choose(secret, std::nullopt, std::nullopt)));
    } catch (const AwsError& error) {
      failures.push_back({{"SecretId", id}, {"ErrorCode", error.code()}, {"Message", error.message()}});
    }
  }
}

}  // namespace

std::string put_version(RequestContext&, Secret& secret, const std::optional<std::string>& token, const Value& value,
                        const std::vector<std::string>& stages) {
  const std::string id = token.value_or(aws::uuid());
  if (const auto existing = secret.version(id)) {
    if (secret.open(*existing) != value) throw errors::token_in_use(id, secret.arn());
    return id;
  }
  secret.add_version(id, value, stages);
  secret.touch();
  secret.save();
  return id;
}

Json get_secret_value(RequestContext& context, const Input& input) {
  const Secret secret = find_active(context, input.str("SecretId"));
  return entry(secret, choose(secret, input.find_str("VersionId"), input.find_str("VersionStage")));
}

Json put_secret_value(RequestContext& context, const Input& input) {
  Secret secret = find_writable(context, input.str("SecretId"));
  input.acknowledge("RotationToken", "it proves a rotation function's identity, which policies here do not ask for");
  const auto value = read_value(input);
  if (!value) throw errors::invalid_request("You must provide either SecretString or SecretBinary.");
  auto stages = input.strings("VersionStages");
  if (stages.empty()) stages = {kCurrent};
  const std::string id = put_version(context, secret, input.find_str("ClientRequestToken"), *value, stages);
  sync_replicas(context, secret.name());
  Json out = secret.reference();
  out["VersionId"] = id;
  out["VersionStages"] = secret.version(id)->document.at("VersionStages");
  return out;
}

Json batch_get_secret_value(RequestContext& context, const Input& input) {
  const auto ids = input.strings("SecretIdList");
  const bool filtered = input.has("Filters");
  if (ids.empty() == !filtered) {
    throw errors::invalid_parameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
  }
  const auto limit = input.find_integer("MaxResults");
  const auto token = input.find_str("NextToken");
  if (limit && !filtered) {
    throw errors::invalid_parameter(
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.");
  }
  Json out{{"SecretValues", Json::array()}, {"Errors", Json::array()}};
  if (!filtered) {
    batch_by_id(context, ids, out["SecretValues"], out["Errors"]);
    return out;
  }
  const SecretFilters filters(input);
  std::vector<std::string> names;
  for (auto& resource : table(context).list(kSecret)) {
    const auto secret = lookup(context, resource.id);
    if (secret && !secret->scheduled() && filters.match(*secret)) names.push_back(secret->name());
  }
  const auto next = paginate(names, static_cast<std::size_t>(limit.value_or(20)), token, std::identity(),
                             errors::invalid_next_token());
  batch_by_id(context, names, out["SecretValues"], out["Errors"]);
  if (next) out["NextToken"] = *next;
  return out;
}

}  // namespace orrery::secretsmanager
