#include "aws/ids.hpp"
#include "services/kms/handlers.hpp"

// Keys that AWS manages. Their aliases exist from the start; the key comes with its first use (developer guide,
// "AWS managed keys").
namespace orrery::kms {

namespace {

struct ManagedKey {
  std::string_view alias, service, description;
};

constexpr ManagedKey kManaged[] = {
    {"alias/aws/acm", "acm", "Default key that protects my ACM private keys when no other key is defined"},
    {"alias/aws/backup", "backup", "Default key that protects my Backup data when no other key is defined"},
    {"alias/aws/dynamodb", "dynamodb", "Default key that protects my DynamoDB data when no other key is defined"},
    {"alias/aws/ebs", "ec2", "Default key that protects my EBS volumes when no other key is defined"},
    {"alias/aws/elasticache", "elasticache",
     "Default key that protects my ElastiCache data when no other key is defined"},
    {"alias/aws/elasticfilesystem", "elasticfilesystem",
     "Default key that protects my EFS filesystems when no other key is defined"},
    {"alias/aws/es", "es", "Default key that protects my Elasticsearch data when no other key is defined"},
    {"alias/aws/kinesis", "kinesis", "Default key that protects my Kinesis data when no other key is defined"},
    {"alias/aws/lambda", "lambda", "Default key that protects my Lambda functions when no other key is defined"},
    {"alias/aws/rds", "rds", "Default key that protects my RDS database volumes when no other key is defined"},
    {"alias/aws/redshift", "redshift", "Default key that protects my Redshift clusters when no other key is defined"},
    {"alias/aws/s3", "s3", "Default key that protects my S3 objects when no other key is defined"},
    {"alias/aws/secretsmanager", "secretsmanager",
     "Default key that protects my Secrets Manager data when no other key is defined"},
    {"alias/aws/sns", "sns", "Default key that protects my SNS data when no other key is defined"},
    {"alias/aws/sqs", "sqs", "Default key that protects my SQS messages when no other key is defined"},
    {"alias/aws/ssm", "ssm", "Default key that protects my SSM Parameters when no other key is defined"},
    {"alias/aws/xray", "xray", "Default key that protects my X-Ray data when no other key is defined"},
};

std::string alias_name(const std::string& reference) {
  return reference.starts_with("arn:") ? aws::parse_arn(reference).resource : reference;
}

/// What AWS writes for its own keys: the service may use it for principals of the account.
std::string managed_policy(const RequestContext& context, const ManagedKey& managed) {
  const Json through_service{
      {"StringEquals",
       {{"kms:CallerAccount", context.account},
        {"kms:ViaService", std::string(managed.service) + "." + context.region + ".amazonaws.com"}}}};
  const Json use{
      {"Sid", "Allow access through " + std::string(managed.service) + " for all principals in the account"},
      {"Effect", "Allow"},
      {"Principal", {{"AWS", "*"}}},
      {"Action",
       {"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey"}},
      {"Resource", "*"},
      {"Condition", through_service}};
  const Json look{{"Sid", "Allow direct access to key metadata to the account"},
                  {"Effect", "Allow"},
                  {"Principal", {{"AWS", "arn:aws:iam::" + context.account + ":root"}}},
                  {"Action", {"kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"}},
                  {"Resource", "*"}};
  return Json{{"Version", "2012-10-17"},
              {"Id", "auto-" + std::string(managed.service) + "-1"},
              {"Statement", Json::array({use, look})}}
      .dump(2);
}

}  // namespace

void seed(RequestContext& context) {
  for (const ManagedKey& managed : kManaged) {
    storage::Resource alias;
    alias.kind = kAlias;
    alias.id = managed.alias;
    alias.arn = arn_of(context, managed.alias);
    alias.created = context.now;
    alias.document = {{"AliasName", managed.alias}, {"AliasArn", alias.arn}};
    table(context).put(alias);
  }
}

std::optional<Key> managed_key(RequestContext& context, const std::string& reference) {
  const std::string name = alias_name(reference);
  if (!name.starts_with("alias/aws/")) return std::nullopt;
  auto alias = table(context).find(kAlias, name);
  if (!alias) return std::nullopt;
  if (alias->document.contains("TargetKeyId")) return resolve_key(context, reference);
  for (const ManagedKey& managed : kManaged) {
    if (managed.alias != name) continue;
    // A read that needs the key is repeated as a write, like the first call of an account.
    if (context.tx.access() == storage::Transaction::Access::read) throw NeedsSeed{"kms", context.region, &seed};
    Json metadata{{"KeySpec", "SYMMETRIC_DEFAULT"},
                  {"KeyUsage", "ENCRYPT_DECRYPT"},
                  {"Description", managed.description},
                  {"Origin", "AWS_KMS"},
                  {"KeyManager", "AWS"}};
    Key key = make_key(context, std::move(metadata), managed_policy(context, managed));
    alias->document.update(
        {{"TargetKeyId", key.id()}, {"CreationDate", context.timestamp()}, {"LastUpdatedDate", context.timestamp()}});
    table(context).put(*alias);
    return key;
  }
  return std::nullopt;
}

}  // namespace orrery::kms
