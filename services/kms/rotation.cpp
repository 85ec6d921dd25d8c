#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

constexpr double kSecondsOfDay = 86400;
constexpr std::size_t kOnDemandLimit = 10;

void require_rotatable(const Key& key) {
  if (!key.symmetric() || key.text("Origin") != "AWS_KMS") {
    throw errors::unsupported("You cannot perform this operation on the KMS key " + key.arn() + ".");
  }
}

bool rotates(const Key& key) {
  return key.aws_managed() || (key.hidden().contains("rotation") && key.hidden()["rotation"].value("enabled", false));
}

/// AWS manages its own keys on a yearly schedule (developer guide, "Rotate AWS KMS keys").
std::int64_t period(const Key& key) {
  return key.hidden().contains("rotation") ? key.hidden()["rotation"].value("period", std::int64_t{365}) : 365;
}

double next_rotation(const Key& key) {
  double since = key.metadata().at("CreationDate").get<double>();
  if (key.hidden().contains("rotation")) since = key.hidden()["rotation"].at("since").get<double>();
  return since + static_cast<double>(period(key)) * kSecondsOfDay;
}

}  // namespace

Json enable_key_rotation(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().usable();
  require_rotatable(key);
  const auto days = input.find_integer("RotationPeriodInDays");
  const bool already = rotates(key);
  // Calling again without a period keeps the schedule; a new period counts from now (API reference).
  if (!already || days) {
    key.hidden()["rotation"] = {{"enabled", true}, {"period", days.value_or(365)}, {"since", context.timestamp()}};
    key.save();
  }
  return Json::object();
}

Json disable_key_rotation(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().usable();
  require_rotatable(key);
  key.hidden().erase("rotation");
  key.save();
  return Json::object();
}

Json get_key_rotation_status(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  // The status of a key that waits for its deletion is false, and comes back when that is cancelled.
  const bool enabled = rotates(key) && !key.state().starts_with("Pending");
  Json out{{"KeyRotationEnabled", enabled}, {"KeyId", key.id()}};
  if (enabled) {
    out["RotationPeriodInDays"] = period(key);
    out["NextRotationDate"] = next_rotation(key);
  }
  return out;
}

Json rotate_key_on_demand(RequestContext& context, const Input& input) {
  Key key = find_key(context, input.str("KeyId"));
  key.customer_managed().usable();
  require_rotatable(key);
  std::size_t used = 0;
  for (const Json& material : key.hidden()["materials"]) used += material.at("type") == "ON_DEMAND" ? 1 : 0;
  if (used >= kOnDemandLimit) {
    throw errors::limit_exceeded("The maximum number of on-demand rotations for " + key.arn() + " has been reached.");
  }
  key.add_material("ON_DEMAND");
  key.save();
  return {{"KeyId", key.id()}};
}

Json list_key_rotations(RequestContext& context, const Input& input) {
  const Key key = find_key(context, input.str("KeyId"));
  require_rotatable(key);
  const bool all = input.str("IncludeKeyMaterial", "ROTATIONS_ONLY") == "ALL_KEY_MATERIAL";
  std::vector<Json> rotations;
  for (const Json& material : key.hidden()["materials"]) {
    if (!all && material.at("type") == "") continue;
    Json entry{{"KeyId", key.id()},
               {"KeyMaterialId", material.at("id")},
               {"KeyMaterialState", material.at("id") == key.material_id() ? "CURRENT" : "NON_CURRENT"}};
    if (material.at("type") != "") {
      entry["RotationType"] = material.at("type");
      entry["RotationDate"] = material.at("created");
    }
    rotations.push_back(std::move(entry));
  }
  return page(input, "Rotations", std::move(rotations), 100, [](const Json& entry) {
    char date[32];
    std::snprintf(date, sizeof date, "%020.3f ", entry.value("RotationDate", 0.0));
    return date + entry.at("KeyMaterialId").get<std::string>();
  });
}

void rotate_when_due(RequestContext& context, Key& key) {
  if (!rotates(key) || key.state() != "Enabled" || next_rotation(key) > context.timestamp()) return;
  key.add_material("AUTOMATIC");
  key.hidden()["rotation"] = {{"enabled", true}, {"period", period(key)}, {"since", context.timestamp()}};
  key.save();
}

}  // namespace orrery::kms
