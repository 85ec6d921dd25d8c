#include "services/secretsmanager/handlers.hpp"

namespace orrery::secretsmanager {

namespace {

class Peer final : public SecretsPeer {
 public:
  std::string create_managed_secret(RequestContext& context, const ManagedSecret& wanted) override {
    NewSecret made{wanted.name, {{"OwningService", wanted.owning_service}}, wanted.tags};
    if (!wanted.description.empty()) made.document["Description"] = wanted.description;
    if (!wanted.kms_key_id.empty()) made.document["KmsKeyId"] = wanted.kms_key_id;
    made.tags["aws:secretsmanager:owningService"] = wanted.owning_service;
    // Managed secrets rotate every seven days by their owner's doing (RDS user guide, "Password management").
    made.document["RotationEnabled"] = true;
    made.document["RotationRules"] = {{"AutomaticallyAfterDays", 7}};
    Secret secret = make_secret(context, made);
    put_version(context, secret, std::nullopt, {Value::Form::string, wanted.secret_string}, {kCurrent});
    return secret.arn();
  }

  void put_managed_secret_value(RequestContext& context, const std::string& arn, const std::string& value) override {
    Secret secret = find_active(context, arn);
    put_version(context, secret, std::nullopt, {Value::Form::string, value}, {kCurrent});
  }

  void delete_managed_secret(RequestContext& context, const std::string& arn) override {
    if (auto secret = lookup(context, arn)) secret->erase();
  }
};

}  // namespace

void offer(Peers& peers) {
  static Peer peer;
  peers.secrets = &peer;
}

}  // namespace orrery::secretsmanager
