#include "services/eks/service.hpp"

#include "services/eks/operations.hpp"

namespace orrery::eks {

namespace {

constexpr OperationRow kOperations[] = {
    {"AssociateEncryptionConfig", &associate_encryption_config},
    {"CreateCluster", &create_cluster},
    {"CreateNodegroup", &create_nodegroup},
    {"DeleteCluster", &delete_cluster},
    {"DeleteNodegroup", &delete_nodegroup},
    {"DescribeCluster", &describe_cluster},
    {"DescribeClusterVersions", &describe_cluster_versions},
    {"DescribeNodegroup", &describe_nodegroup},
    {"DescribeUpdate", &describe_update},
    {"ListClusters", &list_clusters},
    {"ListNodegroups", &list_nodegroups},
    {"ListTagsForResource", &list_tags_for_resource},
    {"ListUpdates", &list_updates},
    {"TagResource", &tag_resource},
    {"UntagResource", &untag_resource},
    {"UpdateClusterConfig", &update_cluster_config},
    {"UpdateClusterVersion", &update_cluster_version},
    {"UpdateNodegroupConfig", &update_nodegroup_config},
    {"UpdateNodegroupVersion", &update_nodegroup_version},
};

}  // namespace

const Service& service() {
  static const Service instance{.name = "eks", .operations = kOperations};
  return instance;
}

}  // namespace orrery::eks
