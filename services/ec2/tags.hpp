#pragma once
#include "registry/input.hpp"
#include "services/ec2/kinds.hpp"

namespace orrery::ec2 {

/// The tags that TagSpecifications names for `kind`. A specification for another kind is refused.
Tags tags_of(const Input& input, const Kind& kind);
/// A list of {Key, Value}, validated as CreateTags validates it.
Tags read_tags(const std::vector<Input>& list);
Json tag_list(const Tags& tags);
/// `resource.document` with its tags under the kind's tag member.
Json with_tags(RequestContext& context, const Kind& kind, const Resource& resource);

Json create_tags(RequestContext& context, const Input& input);
Json delete_tags(RequestContext& context, const Input& input);
Json describe_tags(RequestContext& context, const Input& input);

}  // namespace orrery::ec2
