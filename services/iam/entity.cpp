#include "services/iam/entity.hpp"

#include <set>

#include "aws/ids.hpp"
#include "identity/credentials.hpp"
#include "registry/pagination.hpp"
#include "services/iam/errors.hpp"

namespace orrery::iam {

namespace {

constexpr std::int64_t kDefaultPage = 100;

storage::Resource find_named(RequestContext& context, const Entity& entity, const std::string& name,
                             const AwsError& missing) {
  auto found = table(context).find(entity.kind, lower(name));
  if (!found || found->document.value(std::string(entity.name_member), "") != name) throw missing;
  return std::move(*found);
}

storage::Resource find_by_arn(RequestContext& context, std::string_view kind, const std::string& id,
                              const std::string& arn, const AwsError& missing) {
  auto found = table(context).find(kind, id);
  if (!found || found->arn != arn) throw missing;
  return std::move(*found);
}

}  // namespace

storage::ResourceTable table(RequestContext& context) {
  return context.resources("iam", storage::ResourceTable::kGlobal);
}

storage::Resource find_role(RequestContext& context, const std::string& name) {
  return find_named(context, kRole, name, not_found("role", name));
}
storage::Resource find_user(RequestContext& context, const std::string& name) {
  return find_named(context, kUser, name, not_found("user", name));
}
storage::Resource find_group(RequestContext& context, const std::string& name) {
  return find_named(context, kGroup, name, not_found("group", name));
}
storage::Resource find_instance_profile(RequestContext& context, const std::string& name) {
  return find_named(context, kInstanceProfile, name, no_such_entity("Instance Profile " + name + " cannot be found."));
}
storage::Resource find_policy(RequestContext& context, const std::string& arn) {
  return find_by_arn(context, kPolicy.kind, lower(arn.substr(arn.rfind('/') + 1)), arn, policy_not_found(arn));
}
storage::Resource find_oidc_provider(RequestContext& context, const std::string& arn) {
  return find_by_arn(context, kOidcProvider.kind, arn, arn,
                     no_such_entity("OpenIDConnect Provider not found for arn " + arn));
}

std::string entity_arn(RequestContext& context, std::string_view type, std::string_view path, std::string_view name) {
  return aws::arn("iam", "", context.account, std::string(type).append(path).append(name));
}

storage::Resource new_entity(RequestContext& context, const Entity& entity, const std::string& path,
                             const std::string& name, const AwsError& taken) {
  storage::Resource out;
  out.kind = entity.kind;
  out.id = lower(name);
  out.arn = entity_arn(context, entity.kind, path, name);
  out.created = context.now;
  if (table(context).exists(out.kind, out.id)) throw taken;
  out.document = {{"Path", path},
                  {std::string(entity.name_member), name},
                  {std::string(entity.id_member), identity::new_unique_id(entity.id_prefix)},
                  {"Arn", out.arn},
                  {"CreateDate", whole_seconds(context)}};
  return out;
}

std::int64_t whole_seconds(const RequestContext& context) { return context.now / 1000; }

std::string read_path(const Input& input, std::string_view member) {
  const std::string path = input.str(member, "/");
  if (!path.starts_with('/') || !path.ends_with('/'))
    throw validation_error(
        "The specified value for path is invalid. It must begin and end with / and contain only "
        "alphanumeric characters and/or / characters.");
  return path;
}

storage::Tags read_tags(const Input& input) {
  storage::Tags out;
  std::set<std::string> seen;
  for (const Input& tag : input.objects("Tags")) {
    const std::string key = tag.str("Key");
    if (!seen.insert(lower(key)).second)
      throw invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    out[key] = tag.str("Value");
  }
  return out;
}

Json tag_list(const storage::Tags& tags) {
  Json out = Json::array();
  for (const auto& [key, value] : tags) out.push_back({{"Key", key}, {"Value", value}});
  return out;
}

void add_tags(Json& document, const storage::Tags& tags) {
  if (!tags.empty()) document["Tags"] = tag_list(tags);
}

Json page(const Input& input, std::string_view member, std::vector<Json> items,
          const std::function<std::string(const Json&)>& key) {
  const auto limit = static_cast<std::size_t>(input.integer("MaxItems", kDefaultPage));
  const auto next = paginate(items, limit, input.find_str("Marker"), key, validation_error("Invalid Marker."));
  Json out;
  out[std::string(member)] = std::move(items);
  out["IsTruncated"] = next.has_value();
  if (next) out["Marker"] = *next;
  return out;
}

Json page_strings(const Input& input, std::string_view member, const std::vector<std::string>& items) {
  return page(input, member, std::vector<Json>(items.begin(), items.end()),
              [](const Json& item) { return item.get<std::string>(); });
}

std::vector<storage::Resource> list_prefixed(RequestContext& context, std::string_view kind,
                                             const std::string& prefix) {
  constexpr std::size_t kStep = 64;
  std::vector<storage::Resource> out;
  std::string after = prefix;
  while (true) {
    auto step = table(context).list(kind, after, kStep);
    for (auto& resource : step) {
      if (!resource.id.starts_with(prefix)) return out;
      out.push_back(std::move(resource));
    }
    if (step.size() < kStep) return out;
    after = out.back().id;
  }
}

bool has_path_prefix(const Json& document, const std::string& prefix) {
  return prefix.empty() || document.value("Path", "").starts_with(prefix);
}

}  // namespace orrery::iam
