#include "services/ec2/tags.hpp"

#include "registry/filters.hpp"
#include "registry/pagination.hpp"

namespace orrery::ec2 {

namespace {

constexpr std::size_t kMostTags = 50;

/// Characters, not bytes: the limits of tags count Unicode characters.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

void check_tag(const std::string& key, const std::string& value) {
  if (key.empty()) throw errors::invalid_parameter("Tag key cannot be empty");
  if (key.starts_with("aws:"))
    throw errors::invalid_parameter("Tag keys starting with 'aws:' are reserved for internal use");
  if (characters(key) > 127) throw errors::invalid_parameter("Tag key exceeds the maximum length of 127 characters");
  if (characters(value) > 255)
    throw errors::invalid_parameter("Tag value exceeds the maximum length of 255 characters");
}

void check_count(std::size_t count) {
  if (count > kMostTags)
    throw errors::client("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
}

/// The kind of an id that exists, else the error of its kind.
const Kind& tagged_kind(RequestContext& context, const std::string& id) {
  const Kind* kind = kind_of_id(id);
  if (!kind) throw errors::client("InvalidID", "The ID '" + id + "' is not valid");
  if (!table(context).exists(kind->name, id)) throw not_found(*kind, id);
  return *kind;
}

}  // namespace

Tags read_tags(const std::vector<Input>& list) {
  Tags out;
  for (const Input& tag : list) {
    const std::string key = tag.str("Key"), value = tag.str("Value");
    check_tag(key, value);
    if (!out.emplace(key, value).second) throw errors::invalid_parameter("Duplicate tag key '" + key + "' specified.");
  }
  check_count(out.size());
  return out;
}

Tags tags_of(const Input& input, const Kind& kind) {
  Tags out;
  for (const Input& specification : input.objects("TagSpecifications")) {
    const std::string type = specification.str("ResourceType");
    if (type.empty()) throw errors::invalid_parameter("Tag specification resource type must have a value");
    if (type != kind.name)
      throw errors::invalid_parameter("'" + type + "' is not a valid taggable resource type for this operation.");
    out.merge(read_tags(specification.objects("Tags")));
  }
  return out;
}

Json tag_list(const Tags& tags) {
  Json out = Json::array();
  for (const auto& [key, value] : tags) out.push_back({{"Key", key}, {"Value", value}});
  return out;
}

Json with_tags(RequestContext& context, const Kind& kind, const Resource& resource) {
  Json out = resource.document;
  out[std::string(kind.tags_member)] = tag_list(table(context).tags(kind.name, resource.id));
  return out;
}

Json create_tags(RequestContext& context, const Input& input) {
  const Tags tags = read_tags(input.objects("Tags"));
  if (tags.empty()) throw errors::missing("tags");
  auto resources = table(context);
  for (const std::string& id : input.strings("Resources")) {
    const Kind& kind = tagged_kind(context, id);
    resources.tag(kind.name, id, tags);
    check_count(resources.tags(kind.name, id).size());
  }
  return Json::object();
}

Json delete_tags(RequestContext& context, const Input& input) {
  auto resources = table(context);
  const auto given = input.objects("Tags");
  for (const std::string& id : input.strings("Resources")) {
    // DeleteTags is silent about resources that are gone (EC2 API reference: idempotent).
    const Kind* kind = kind_of_id(id);
    if (!kind) throw errors::client("InvalidID", "The ID '" + id + "' is not valid");
    const Tags present = resources.tags(kind->name, id);
    if (given.empty()) resources.untag_all(kind->name, id);
    for (const Input& tag : given) {
      // A value that is given must match, an empty one included; without one the key alone decides.
      const std::string key = tag.str("Key");
      const auto value = tag.find_str("Value");
      const auto found = present.find(key);
      if (found != present.end() && (!value || *value == found->second)) resources.untag(kind->name, id, key);
    }
  }
  return Json::object();
}

Json describe_tags(RequestContext& context, const Input& input) {
  const Filters filters(input);
  const auto known = [](std::string_view name) {
    return name == "key" || name == "resource-id" || name == "resource-type" || name == "value" ||
           name.starts_with("tag:");
  };
  for (const auto& name : filters.unknown(known)) throw errors::invalid_filter(name);
  std::vector<Json> found;
  for (const Kind* kind : all_kinds()) {
    for (const auto& [id, tags] : table(context).tags(kind->name)) {
      for (const auto& [key, value] : tags) {
        const auto values_of = [&, &id = id, &key = key, &value = value](std::string_view name) {
          std::vector<std::string> out;
          if (name == "key") out.push_back(key);
          if (name == "value") out.push_back(value);
          if (name == "resource-id") out.push_back(id);
          if (name == "resource-type") out.emplace_back(kind->name);
          if (name == "tag:" + key) out.push_back(value);
          return out;
        };
        if (filters.match(values_of))
          found.push_back({{"Key", key}, {"ResourceId", id}, {"ResourceType", kind->name}, {"Value", value}});
      }
    }
  }
  const auto key = [](const Json& tag) {
    return tag["ResourceId"].get<std::string>() + "\n" + tag["Key"].get<std::string>();
  };
  const auto next = paginate(found, static_cast<std::size_t>(input.integer("MaxResults", 0)),
                             input.find_str("NextToken"), key, errors::invalid_token());
  Json out{{"Tags", found}};
  if (next) out["NextToken"] = *next;
  return out;
}

}  // namespace orrery::ec2
