#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/clock.hpp"
#include "aws/json.hpp"
#include "identity/principal.hpp"
#include "storage/resources.hpp"

namespace orrery::engines {
class Supervisor;
}

namespace orrery::identity {
enum class Decision;  // identity/policy.hpp
struct Question;
}  // namespace orrery::identity

namespace orrery {

struct RequestContext;

// What services need of each other. Each interface is implemented in one service's folder and offered by its
// Service::offer. All calls work in the caller's account, region and transaction, and seed the service first.

struct VpcInfo {
  std::string id, cidr_block;
};

struct SubnetInfo {
  std::string id, arn, vpc_id, cidr_block, availability_zone, availability_zone_id;
  std::int64_t available_addresses = 0;
};

struct SecurityGroupInfo {
  std::string id, name, vpc_id;
};

struct NetworkInterfaceRequest {
  std::string subnet_id;
  std::vector<std::string> security_group_ids;
  std::string description;     ///< "RDSNetworkInterface", "Amazon EKS my-cluster", "ElastiCache my-cluster"
  std::string interface_type;  ///< "interface", "nat_gateway", …
  std::string requester_id;    ///< "amazon-rds", "amazon-elasticache", …
};

struct NetworkInterfaceInfo {
  std::string id, private_ip;
};

/// EC2 for RDS, ElastiCache and EKS.
class Ec2Peer {
 public:
  virtual ~Ec2Peer() = default;
  virtual std::optional<VpcInfo> vpc(RequestContext&, const std::string& id) = 0;
  virtual std::optional<VpcInfo> default_vpc(RequestContext&) = 0;
  virtual std::optional<SubnetInfo> subnet(RequestContext&, const std::string& id) = 0;
  virtual std::vector<SubnetInfo> subnets_of_vpc(RequestContext&, const std::string& vpc_id) = 0;
  virtual std::optional<SecurityGroupInfo> security_group(RequestContext&, const std::string& id) = 0;
  virtual std::optional<SecurityGroupInfo> default_security_group(RequestContext&, const std::string& vpc_id) = 0;
  /// Zone names of the region, in order.
  virtual std::vector<std::string> availability_zones(RequestContext&) = 0;
  /// A requester-managed interface: it holds an address, keeps its subnet and groups from being deleted, and only
  /// its requester may delete it.
  virtual NetworkInterfaceInfo create_network_interface(RequestContext&, const NetworkInterfaceRequest&) = 0;
  virtual void delete_network_interface(RequestContext&, const std::string& id) = 0;
  /// A group made by a service (the cluster security group of EKS), with AWS's default egress rule and, when
  /// `self_ingress`, a rule that admits all traffic from itself.
  enum class SelfIngress { no, yes };
  virtual std::string create_security_group(RequestContext&, const std::string& vpc_id, const std::string& name,
                                            const std::string& description, SelfIngress self_ingress,
                                            const storage::Tags& tags) = 0;
  virtual void delete_security_group(RequestContext&, const std::string& id) = 0;
};

struct KeyInfo {
  std::string id, arn;
  std::string state;    ///< "Enabled", "Disabled", "PendingDeletion", "PendingImport"
  std::string manager;  ///< "CUSTOMER" or "AWS"
  std::string spec;     ///< "SYMMETRIC_DEFAULT", …
  std::string usage;    ///< "ENCRYPT_DECRYPT", …
  /// When it was last enabled, and when it last ceased to be; 0 for never.
  aws::Millis enabled_at = 0, unusable_at = 0;
};

/// KMS for S3, Secrets Manager, RDS, ElastiCache, DynamoDB and EKS.
class KmsPeer {
 public:
  using EncryptionContext = std::map<std::string, std::string>;
  virtual ~KmsPeer() = default;
  /// By key id, key ARN, alias name ("alias/x") or alias ARN; creates the AWS-managed key behind an "alias/aws/…".
  virtual std::optional<KeyInfo> key(RequestContext&, const std::string& reference) = 0;
  /// The same, for who passes on what KMS says of a key that is not there: throws its NotFoundException.
  virtual KeyInfo require_key(RequestContext&, const std::string& reference) = 0;
  /// Throws KMS's own errors (NotFoundException, DisabledException, KMSInvalidStateException).
  virtual std::string encrypt(RequestContext&, const std::string& reference, const std::string& plaintext,
                              const EncryptionContext&) = 0;
  virtual std::string decrypt(RequestContext&, const std::string& ciphertext, const EncryptionContext&) = 0;
};

struct RoleInfo {
  std::string name, arn, id, path;
  std::int64_t max_session_seconds = 3600;
  Json trust_policy;
  std::vector<std::string> attached_policy_arns;
};

struct OidcProviderInfo {
  std::string url;  ///< without its scheme
  std::vector<std::string> client_ids;
};

/// IAM for STS, EKS, RDS and the host.
class IamPeer {
 public:
  virtual ~IamPeer() = default;
  /// Works before a context exists: the host looks credentials up with it for every signed request.
  virtual std::optional<identity::Credential> credential(storage::Transaction&, const std::string& access_key) = 0;
  virtual std::optional<RoleInfo> role(RequestContext&, const std::string& arn_or_name) = 0;
  virtual bool instance_profile_exists(RequestContext&, const std::string& arn_or_name) = 0;
  virtual std::optional<OidcProviderInfo> oidc_provider(RequestContext&, const std::string& arn) = 0;
  /// What the identity policies of a user or a role (its own, its groups', under its boundary) answer. The root user
  /// may do all.
  virtual identity::Decision decide(RequestContext&, const identity::Principal&, const identity::Question&) = 0;
};

struct ManagedSecret {
  std::string name, description, secret_string, kms_key_id;
  std::string owning_service;  ///< "rds"
  storage::Tags tags;
};

/// Secrets Manager for RDS (manage_master_user_password).
class SecretsPeer {
 public:
  virtual ~SecretsPeer() = default;
  /// Returns the secret's ARN.
  virtual std::string create_managed_secret(RequestContext&, const ManagedSecret&) = 0;
  virtual void put_managed_secret_value(RequestContext&, const std::string& arn, const std::string& value) = 0;
  virtual void delete_managed_secret(RequestContext&, const std::string& arn) = 0;
};

class S3Peer;  // registry/s3_peer.hpp

/// All interfaces, wired once at start-up. Never null after that.
struct Peers {
  Ec2Peer* ec2 = nullptr;
  KmsPeer* kms = nullptr;
  IamPeer* iam = nullptr;
  SecretsPeer* secrets = nullptr;
  S3Peer* s3 = nullptr;
  engines::Supervisor* engines = nullptr;
};

}  // namespace orrery
