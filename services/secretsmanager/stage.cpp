#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

bool attached(const storage::Resource& version, const std::string& stage) {
  const Json& stages = version.document.at("VersionStages");
  return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

storage::Resource require_version(const Secret& secret, const std::string& id) {
  auto version = secret.version(id);
  if (!version) throw errors::invalid_parameter("Not a valid version: " + id);
  return std::move(*version);
}

/// A label that is attached somewhere moves only when the caller says from where.
void check_source(const Secret& secret, const std::string& stage, const std::optional<std::string>& from,
                  const std::optional<std::string>& to) {
  const auto holder = secret.version_at(stage);
  const std::string holder_id = holder ? holder->document.at("VersionId").get<std::string>() : "";
  if (from && !attached(require_version(secret, *from), stage)) {
    throw errors::invalid_parameter("Version stage " + stage + " not found in version " + *from);
  }
  if (!from && holder && to && holder_id != *to) {
    throw errors::invalid_parameter("The parameter RemoveFromVersionId can't be empty. Staging label " + stage +
                                    " is currently attached to version " + holder_id +
                                    ", so you must explicitly reference that version in RemoveFromVersionId.");
  }
}

}  // namespace

Json list_secret_version_ids(RequestContext& context, const Input& input) {
  const Secret secret = find_secret(context, input.str("SecretId"));
  const bool deprecated = input.flag("IncludeDeprecated");
  std::vector<Json> versions;
  for (auto& version : secret.versions()) {
    if (!deprecated && version.document.at("VersionStages").empty()) continue;
    if (version.document["VersionStages"].empty()) version.document.erase("VersionStages");
    versions.push_back(std::move(version.document));
  }
  const auto next = paginate(
      versions, static_cast<std::size_t>(input.integer("MaxResults", 100)), input.find_str("NextToken"),
      [](const Json& version) { return version.at("VersionId").get<std::string>(); }, errors::invalid_next_token());
  Json out = secret.reference();
  out["Versions"] = std::move(versions);
  if (next) out["NextToken"] = *next;
  return out;
}

Json update_secret_version_stage(RequestContext& context, const Input& input) {
  Secret secret = find_writable(context, input.str("SecretId"));
  const std::string stage = input.str("VersionStage");
  const auto from = input.find_str("RemoveFromVersionId"), to = input.find_str("MoveToVersionId");
  if (!from && !to) {
    throw errors::invalid_parameter("You must specify RemoveFromVersionId, MoveToVersionId, or both.");
  }
  if (stage == kCurrent && !to) {
    throw errors::invalid_parameter(
        "You can only move staging label AWSCURRENT to a different secret version. It can\xE2\x80\x99t be completely "
        "removed.");
  }
  if (to) require_version(secret, *to);
  check_source(secret, stage, from, to);
  if (to)
    secret.move_stage(stage, *to);
  else
    secret.remove_stage(stage, *from);
  secret.touch();
  secret.save();
  sync_replicas(context, secret.name());
  return secret.reference();
}

}  // namespace orrery::secretsmanager
