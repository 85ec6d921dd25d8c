#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::elasticache {

storage::Tags read_tags(const Input& input);

Json list_tags_for_resource(RequestContext&, const Input&);
Json add_tags_to_resource(RequestContext&, const Input&);
Json remove_tags_from_resource(RequestContext&, const Input&);

}  // namespace orrery::elasticache
