#include "services/services.hpp"

#include "services/dynamodb/service.hpp"
#include "services/ec2/service.hpp"
#include "services/eks/service.hpp"
#include "services/elasticache/service.hpp"
#include "services/iam/service.hpp"
#include "services/kms/service.hpp"
#include "services/rds/service.hpp"
#include "services/s3/service.hpp"
#include "services/secretsmanager/service.hpp"
#include "services/sts/service.hpp"

namespace orrery {

std::span<const Service* const> all_services() {
  static const Service* const services[] = {
      &iam::service(),
      &sts::service(),
      &kms::service(),
      &ec2::service(),
      &s3::service(),
      &dynamodb::service(),
      &dynamodb::streams_service(),
      &secretsmanager::service(),
      &rds::service(),
      &elasticache::service(),
      &eks::service(),
  };
  return services;
}

}  // namespace orrery
