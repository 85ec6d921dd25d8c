#include "aws/ids.hpp"
#include "registry/findings.hpp"
#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

constexpr Rule kNoRotation{"secretsmanager-no-rotation",
                           "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html"};
constexpr double kSecondsOfDay = 86400;

Json read_rules(const Input& input) {
  const auto rules = input.find_object("RotationRules");
  if (!rules) return nullptr;
  Json out = Json::object();
  const auto days = rules->find_integer("AutomaticallyAfterDays");
  const auto expression = rules->find_str("ScheduleExpression"), duration = rules->find_str("Duration");
  if (days && expression) {
    throw errors::invalid_parameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
  }
  if (days && (*days < 1 || *days > 1000)) {
    throw errors::invalid_parameter("RotationRules.AutomaticallyAfterDays must be within 1-1000.");
  }
  if (days) out["AutomaticallyAfterDays"] = *days;
  if (expression) out["ScheduleExpression"] = *expression;
  if (duration) out["Duration"] = *duration;
  return out;
}

}  // namespace

void advise_rotation(RequestContext& context, const Secret& secret) {
  if (secret.document().value("RotationEnabled", false)) return;
  advise(context, kNoRotation, secret.arn(), "The secret " + secret.name() + " is never rotated.");
}

void settle_rotation(RequestContext& context, const Secret& secret) { settle(context, kNoRotation, secret.arn()); }

Json rotate_secret(RequestContext& context, const Input& input) {
  Secret secret = find_writable(context, input.str("SecretId"));
  Json& document = secret.document();
  const auto function = input.find_str("RotationLambdaARN");
  const bool managed = document.contains("OwningService") || document.contains("Type");
  if (!function && !managed && !document.contains("RotationLambdaARN")) {
    throw errors::invalid_request(
        "You tried to enable rotation on a secret that doesn't already have a Lambda function ARN configured and you "
        "didn't include such an ARN as a parameter in this call.");
  }
  if (function) document["RotationLambdaARN"] = *function;
  if (const Json rules = read_rules(input); !rules.is_null()) document["RotationRules"] = rules;
  for (const char* member : {"ExternalSecretRotationMetadata", "ExternalSecretRotationRoleArn"}) {
    if (input.has(member)) document[member] = input.json(member);
  }
  input.acknowledge("RotateImmediately", "no function runs here, so no rotation begins at either setting");
  document["RotationEnabled"] = true;
  if (document.contains("RotationRules") && document["RotationRules"].contains("AutomaticallyAfterDays")) {
    document["NextRotationDate"] =
        context.timestamp() + document["RotationRules"]["AutomaticallyAfterDays"].get<double>() * kSecondsOfDay;
  } else {
    document.erase("NextRotationDate");
  }
  secret.touch();
  secret.save();
  sync_replicas(context, secret.name());
  settle_rotation(context, secret);
  Json out = secret.reference();
  if (const auto token = input.find_str("ClientRequestToken")) out["VersionId"] = *token;
  return out;
}

Json cancel_rotate_secret(RequestContext& context, const Input& input) {
  Secret secret = find_writable(context, input.str("SecretId"));
  if (!secret.document().contains("RotationEnabled")) {
    throw errors::invalid_request("You can't cancel rotation on a secret that doesn't have rotation configured.");
  }
  secret.document()["RotationEnabled"] = false;
  secret.document().erase("NextRotationDate");
  secret.touch();
  secret.save();
  sync_replicas(context, secret.name());
  advise_rotation(context, secret);
  Json out = secret.reference();
  if (const auto current = secret.version_at(kCurrent)) out["VersionId"] = current->document.at("VersionId");
  return out;
}

}  // namespace orrery::secretsmanager
