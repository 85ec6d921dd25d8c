#include "services/elasticache/nodes.hpp"

#include "services/elasticache/backing.hpp"
#include "services/elasticache/live.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/settings.hpp"
#include "services/elasticache/subnet_group.hpp"

namespace orrery::elasticache {

void reattach(RequestContext& context, storage::Resource& cluster) {
  detach(context, cluster);
  const Json group = subnet_group_for(context, text(cluster.document, "CacheSubnetGroupName"));
  NetworkInterfaceRequest wanted;
  for (const Json& member : cluster.document.at("SecurityGroups"))
    wanted.security_group_ids.push_back(text(member, "SecurityGroupId"));
  wanted.description = "ElastiCache " + cluster.id;
  wanted.interface_type = "interface";
  wanted.requester_id = "amazon-elasticache";
  Json interfaces = Json::array();
  for (const Json& node : cluster.document.at("CacheNodes")) {
    wanted.subnet_id.clear();
    for (const Json& subnet : group.at("Subnets"))
      if (wanted.subnet_id.empty() ||
          subnet.at("SubnetAvailabilityZone").at("Name") == node.at("CustomerAvailabilityZone"))
        wanted.subnet_id = text(subnet, "SubnetIdentifier");
    interfaces.push_back(context.peers.ec2->create_network_interface(context, wanted).id);
  }
  cluster.hidden["interfaces"] = interfaces;
}

void detach(RequestContext& context, storage::Resource& cluster) {
  for (const Json& id : cluster.hidden.value("interfaces", Json::array()))
    context.peers.ec2->delete_network_interface(context, id);
  cluster.hidden.erase("interfaces");
}

void relink(RequestContext& context, const storage::Resource& cluster) {
  storage::ResourceTable table = context.resources();
  table.unlink(kCluster, cluster.id, "");
  table.link(kCluster, cluster.id, "subnet-group",
             {"elasticache", "subnet-group", text(cluster.document, "CacheSubnetGroupName")});
  table.link(
      kCluster, cluster.id, "parameter-group",
      {"elasticache", "parameter-group", text(cluster.document.at("CacheParameterGroup"), "CacheParameterGroupName")});
}

void remove_cluster(RequestContext& context, storage::Resource cluster) {
  detach(context, cluster);
  release(context, cluster);
  poke(context);
  context.resources().erase(kCluster, cluster.id);
  settle_all(context, cluster.arn);
  settle_engines(context, cluster.arn);
}

}  // namespace orrery::elasticache
