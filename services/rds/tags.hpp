#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

/// The tags in member `member`, checked (keys not empty, at most 128 characters, not "aws:…"; each once).
storage::Tags read_tags(const Input& input, std::string_view member = "Tags");
Json tag_list(const storage::Tags& tags);

Json list_tags_for_resource(RequestContext&, const Input&);
Json add_tags_to_resource(RequestContext&, const Input&);
Json remove_tags_from_resource(RequestContext&, const Input&);

}  // namespace orrery::rds
