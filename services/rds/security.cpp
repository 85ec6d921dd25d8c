#include "services/rds/security.hpp"

#include "aws/ids.hpp"
#include "services/rds/checks.hpp"
#include "services/rds/cluster.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/replica.hpp"

namespace orrery::rds {

namespace {

constexpr std::string_view kPasswordAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+-.:<=>?[]^_{|}~";

std::string secret_text(const storage::Resource& instance) {
  return Json{{"username", instance.document.at("MasterUsername")}, {"password", instance.hidden.at("password")}}
      .dump();
}

void create_secret(RequestContext& context, const Input& input, storage::Resource& instance) {
  instance.hidden["password"] = aws::random_text(28, kPasswordAlphabet);
  const std::string key = input.str("MasterUserSecretKmsKeyId");
  ManagedSecret secret;
  secret.name = "rds!" + instance.hidden.at("secret_suffix").get<std::string>();
  const bool cluster = instance.kind == kCluster;
  secret.description =
      std::string("Secret associated with primary RDS DB ") + (cluster ? "cluster: " : "instance: ") + instance.arn;
  secret.secret_string = secret_text(instance);
  secret.kms_key_id = key.empty() ? "" : key_arn(context, key);
  secret.owning_service = "rds";
  secret.tags = {{cluster ? "aws:rds:primaryDBClusterArn" : "aws:rds:primaryDBInstanceArn", instance.arn},
                 {"aws:secretsmanager:owningService", "rds"}};
  instance.document["MasterUserSecret"] = {{"SecretArn", context.peers.secrets->create_managed_secret(context, secret)},
                                           {"SecretStatus", "active"},
                                           {"KmsKeyId", key_arn(context, key, "alias/aws/secretsmanager")}};
}

void take_password(RequestContext& context, const Engine& engine, const std::string& password,
                   storage::Resource& instance) {
  check_password(context, engine, password, instance.arn);
  instance.hidden["password"] = password;
}

}  // namespace

std::string key_arn(RequestContext& context, const std::string& reference, std::string_view fallback) {
  const auto key = context.peers.kms->key(context, reference.empty() ? std::string(fallback) : reference);
  if (!key || key->state != "Enabled") throw key_not_accessible(reference);
  return key->arn;
}

void settle_credentials(RequestContext& context, const Engine& engine, const Input& input,
                        storage::Resource& instance) {
  const std::string name = input.str("MasterUsername"), password = input.str("MasterUserPassword");
  check_user_name(context, engine, name, instance.arn);
  instance.document["MasterUsername"] = name;
  if (input.str("MasterUserAuthenticationType", "password") != "password")
    throw not_built("MasterUserAuthenticationType iam-db-auth");
  if (!input.flag("ManageMasterUserPassword")) {
    if (!input.str("MasterUserSecretKmsKeyId").empty())
      throw invalid_parameter_combination(
          "MasterUserSecretKmsKeyId can only be specified when ManageMasterUserPassword is enabled.");
    if (password.empty())
      throw invalid_parameter_value("The parameter MasterUserPassword must be provided and must not be blank.");
    return take_password(context, engine, password, instance);
  }
  if (!password.empty())
    throw invalid_parameter_combination(
        "You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.");
  instance.hidden["secret_suffix"] = (instance.kind == kCluster ? "cluster-" : "db-") + aws::uuid();
  create_secret(context, input, instance);
}

void change_credentials(RequestContext& context, const Engine& engine, const Input& input,
                        storage::Resource& instance) {
  const std::string password = input.str("MasterUserPassword");
  const bool managed = instance.document.contains("MasterUserSecret");
  const bool wanted = input.flag("ManageMasterUserPassword", managed);
  if (input.str("MasterUserAuthenticationType", "password") != "password")
    throw not_built("MasterUserAuthenticationType iam-db-auth");
  if (wanted && !password.empty())
    throw invalid_parameter_combination(
        "You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.");
  if (managed && !wanted) {
    if (password.empty())
      throw invalid_parameter_combination(
          "You must specify MasterUserPassword when you turn ManageMasterUserPassword off.");
    drop_credentials(context, instance);
    instance.document.erase("MasterUserSecret");
  }
  if (wanted && !managed) {
    instance.hidden["secret_suffix"] = (instance.kind == kCluster ? "cluster-" : "db-") + aws::uuid();
    create_secret(context, input, instance);
  }
  if (input.flag("RotateMasterUserPassword")) {
    if (!managed || !wanted)
      throw invalid_parameter_combination(
          "RotateMasterUserPassword requires a master user password managed in Secrets Manager.");
    instance.hidden["password"] = aws::random_text(28, kPasswordAlphabet);
    context.peers.secrets->put_managed_secret_value(context, instance.document.at("MasterUserSecret").at("SecretArn"),
                                                    secret_text(instance));
  }
  if (managed && wanted && !input.str("MasterUserSecretKmsKeyId").empty())
    throw invalid_parameter_combination("The KMS key of a managed master user secret can't be changed.");
  if (password.empty()) return;
  if (const auto source = source_of(context, instance)) {
    // A replica's data, and so its password, is its source's. Terraform sends the password that is in its
    // configuration.
    if (password == password_of(context, instance)) return;
    throw invalid_parameter_combination(
        "The master user password of a read replica is that of its source DB instance " + source->instance.id + ".");
  }
  take_password(context, engine, password, instance);
}

void manage_password(RequestContext& context, const Input& input, storage::Resource& instance) {
  if (!input.flag("ManageMasterUserPassword")) {
    if (!input.str("MasterUserSecretKmsKeyId").empty())
      throw invalid_parameter_combination(
          "MasterUserSecretKmsKeyId can only be specified when ManageMasterUserPassword is enabled.");
    return;
  }
  instance.hidden["secret_suffix"] = (instance.kind == kCluster ? "cluster-" : "db-") + aws::uuid();
  create_secret(context, input, instance);
}

void drop_credentials(RequestContext& context, const storage::Resource& instance) {
  if (instance.document.contains("MasterUserSecret"))
    context.peers.secrets->delete_managed_secret(context, instance.document.at("MasterUserSecret").at("SecretArn"));
}

}  // namespace orrery::rds
