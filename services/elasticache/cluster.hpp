#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

Json create_cluster(RequestContext&, const Input&);
Json describe_clusters(RequestContext&, const Input&);
Json modify_cluster(RequestContext&, const Input&);
Json delete_cluster(RequestContext&, const Input&);
Json reboot_cluster(RequestContext&, const Input&);

}  // namespace orrery::elasticache
