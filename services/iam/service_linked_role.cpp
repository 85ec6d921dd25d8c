#include "aws/ids.hpp"
#include "http/message.hpp"
#include "services/iam/attachment.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"
#include "services/iam/managed_policies.hpp"

namespace orrery::iam {

namespace {

/// A service that has a service-linked role: its principal, the role's name and the policy that AWS attaches
/// (each service's user guide, "Using service-linked roles").
struct LinkedRole {
  std::string_view service, role, policy;
  enum class Suffix { refused, taken } suffix = Suffix::refused;
};

constexpr LinkedRole kLinkedRoles[] = {
    {"autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", "AutoScalingServiceRolePolicy",
     LinkedRole::Suffix::taken},
    {"backup.amazonaws.com", "AWSServiceRoleForBackup", "AWSBackupServiceLinkedRolePolicyForBackup"},
    {"batch.amazonaws.com", "AWSServiceRoleForBatch", "BatchServiceRolePolicy"},
    {"cks.kms.amazonaws.com", "AWSServiceRoleForKeyManagementServiceCustomKeyStores",
     "AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy"},
    {"config.amazonaws.com", "AWSServiceRoleForConfig", "AWSConfigServiceRolePolicy"},
    {"dax.amazonaws.com", "AWSServiceRoleForDAX", "DAXServiceRolePolicy"},
    {"dynamodb.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
     "AWSApplicationAutoscalingDynamoDBTablePolicy"},
    {"replication.dynamodb.amazonaws.com", "AWSServiceRoleForDynamoDBReplication",
     "DynamoDBReplicationServiceRolePolicy"},
    {"ecs.amazonaws.com", "AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"},
    {"ecs.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_ECSService",
     "AWSApplicationAutoscalingECSServicePolicy"},
    {"eks.amazonaws.com", "AWSServiceRoleForAmazonEKS", "AmazonEKSServiceRolePolicy"},
    {"eks-fargate.amazonaws.com", "AWSServiceRoleForAmazonEKSForFargate", "AmazonEKSForFargateServiceRolePolicy"},
    {"eks-nodegroup.amazonaws.com", "AWSServiceRoleForAmazonEKSNodegroup", "AWSServiceRoleForAmazonEKSNodegroup"},
    {"elasticache.amazonaws.com", "AWSServiceRoleForElastiCache", "ElastiCacheServiceRolePolicy"},
    {"elasticbeanstalk.amazonaws.com", "AWSServiceRoleForElasticBeanstalk", "AWSElasticBeanstalkServiceRolePolicy"},
    {"elasticfilesystem.amazonaws.com", "AWSServiceRoleForAmazonElasticFileSystem",
     "AmazonElasticFileSystemServiceRolePolicy"},
    {"elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing",
     "AWSElasticLoadBalancingServiceRolePolicy"},
    {"es.amazonaws.com", "AWSServiceRoleForAmazonElasticsearchService", "AmazonElasticsearchServiceRolePolicy"},
    {"guardduty.amazonaws.com", "AWSServiceRoleForAmazonGuardDuty", "AmazonGuardDutyServiceRolePolicy"},
    {"inspector2.amazonaws.com", "AWSServiceRoleForAmazonInspector2", "AmazonInspector2ServiceRolePolicy"},
    {"kafka.amazonaws.com", "AWSServiceRoleForKafka", "KafkaServiceRolePolicy"},
    {"opensearchservice.amazonaws.com", "AWSServiceRoleForAmazonOpenSearchService",
     "AmazonOpenSearchServiceRolePolicy"},
    {"ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway", "APIGatewayServiceRolePolicy"},
    {"organizations.amazonaws.com", "AWSServiceRoleForOrganizations", "AWSOrganizationsServiceTrustPolicy"},
    {"rds.amazonaws.com", "AWSServiceRoleForRDS", "AmazonRDSServiceRolePolicy"},
    {"rds.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_RDSCluster",
     "AWSApplicationAutoscalingRDSClusterPolicy"},
    {"redshift.amazonaws.com", "AWSServiceRoleForRedshift", "AmazonRedshiftServiceLinkedRolePolicy"},
    {"securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub", "AWSSecurityHubServiceRolePolicy"},
    {"spot.amazonaws.com", "AWSServiceRoleForEC2Spot", "AWSEC2SpotServiceRolePolicy"},
    {"spotfleet.amazonaws.com", "AWSServiceRoleForEC2SpotFleet", "AWSEC2SpotFleetServiceRolePolicy"},
    {"ssm.amazonaws.com", "AWSServiceRoleForAmazonSSM", "AmazonSSMServiceRolePolicy"},
    {"transitgateway.amazonaws.com", "AWSServiceRoleForVPCTransitGateway", "AWSVPCTransitGatewayServiceRolePolicy"},
};

constexpr std::string_view kTask = "service-linked-role-deletion";

const LinkedRole* find_linked(std::string_view service) {
  for (const auto& role : kLinkedRoles) {
    if (role.service == service) return &role;
  }
  return nullptr;
}

std::string trust_policy(const std::string& service) {
  const Json policy = {
      {"Version", "2012-10-17"},
      {"Statement", {{{"Effect", "Allow"}, {"Principal", {{"Service", service}}}, {"Action", "sts:AssumeRole"}}}}};
  return http::percent_encode(policy.dump());
}

}  // namespace

Json create_service_linked_role(RequestContext& context, const Input& input) {
  const std::string service = input.str("AWSServiceName");
  const auto suffix = input.find_str("CustomSuffix");
  const LinkedRole* linked = find_linked(service);
  if (linked == nullptr)
    throw not_implemented("CreateServiceLinkedRole: Orrery does not know the service-linked role of " + service);
  if (suffix && linked->suffix == LinkedRole::Suffix::refused)
    throw invalid_input("Custom suffix is not allowed for " + service);
  const std::string name = std::string(linked->role) + (suffix ? "_" + *suffix : "");
  const std::string path = "/aws-service-role/" + service + "/";
  storage::Resource role = new_entity(
      context, kRole, path, name,
      invalid_input("Service role name " + name + " has been taken in this account, please try a different suffix."));
  role.document.update({{"AssumeRolePolicyDocument", trust_policy(service)},
                        {"MaxSessionDuration", 3600},
                        {"RoleLastUsed", Json::object()}});
  if (const auto description = input.find_str("Description")) role.document["Description"] = *description;
  table(context).put(role);
  const std::string policy = "arn:aws:iam::aws:policy/aws-service-role/" + std::string(linked->policy);
  if (find_managed_policy(policy) != nullptr)
    table(context).link(kRole.kind, role.id, kAttached, {"iam", std::string(kPolicy.kind), policy});
  role.document.erase("RoleLastUsed");
  return {{"Role", role.document}};
}

Json delete_service_linked_role(RequestContext& context, const Input& input) {
  const std::string name = input.str("RoleName");
  const storage::Resource role = find_role(context, name);
  const std::string path = role.document.value("Path", "");
  if (!path.starts_with("/aws-service-role/")) throw not_found("role", name);
  storage::Resource task;
  task.kind = kTask;
  task.id = "task" + path + name + "/" + aws::uuid();
  task.created = context.now;
  task.document = {{"Status", "SUCCEEDED"}};
  table(context).put(task);
  table(context).erase(kRole.kind, role.id);
  return {{"DeletionTaskId", task.id}};
}

Json get_service_linked_role_deletion_status(RequestContext& context, const Input& input) {
  const auto task = table(context).find(kTask, input.str("DeletionTaskId"));
  if (!task) throw no_such_entity("The deletion task with the specified id cannot be found.");
  return task->document;
}

}  // namespace orrery::iam
