#include "services/kms/handlers.hpp"

namespace orrery::kms {

namespace {

void check_name(const std::string& name) {
  if (!name.starts_with("alias/") || name.size() == 6) throw errors::validation("Invalid identifier");
  if (name.starts_with("alias/aws/")) throw errors::not_authorized();
  if (name.find(':') != std::string::npos) {
    throw errors::validation(name + " contains invalid characters for an alias");
  }
}

Key target(RequestContext& context, const Input& input) {
  const std::string reference = input.str("TargetKeyId");
  if (reference.starts_with("alias/") || reference.find(":alias/") != std::string::npos) {
    throw errors::validation("Aliases must refer to keys. Not aliases");
  }
  Key key = find_key(context, reference);
  key.customer_managed().not_pending_deletion();
  return key;
}

storage::Resource existing(RequestContext& context, const std::string& name) {
  auto alias = table(context).find(kAlias, name);
  if (!alias) throw errors::alias_not_found(arn_of(context, name));
  return *alias;
}

}  // namespace

Json create_alias(RequestContext& context, const Input& input) {
  const std::string name = input.str("AliasName");
  check_name(name);
  const Key key = target(context, input);
  if (table(context).exists(kAlias, name)) throw errors::alias_exists(arn_of(context, name));
  storage::Resource alias;
  alias.kind = kAlias;
  alias.id = name;
  alias.arn = arn_of(context, name);
  alias.created = context.now;
  alias.document = {{"AliasName", name},
                    {"AliasArn", alias.arn},
                    {"TargetKeyId", key.id()},
                    {"CreationDate", context.timestamp()},
                    {"LastUpdatedDate", context.timestamp()}};
  table(context).put(alias);
  return Json::object();
}

Json update_alias(RequestContext& context, const Input& input) {
  const std::string name = input.str("AliasName");
  check_name(name);
  storage::Resource alias = existing(context, name);
  const Key key = target(context, input);
  const Key current = find_key(context, alias.document["TargetKeyId"].get<std::string>());
  // An alias keeps to one kind of key, so that code that uses it goes on working (API reference, UpdateAlias).
  if (current.usage() != key.usage() || current.symmetric() != key.symmetric()) {
    throw errors::validation("Alias " + alias.arn + " can't be changed to a KMS key of another type or usage.");
  }
  alias.document["TargetKeyId"] = key.id();
  alias.document["LastUpdatedDate"] = context.timestamp();
  table(context).put(alias);
  return Json::object();
}

Json delete_alias(RequestContext& context, const Input& input) {
  const std::string name = input.str("AliasName");
  check_name(name);
  existing(context, name);
  table(context).erase(kAlias, name);
  return Json::object();
}

Json list_aliases(RequestContext& context, const Input& input) {
  const auto reference = input.find_str("KeyId");
  const std::string wanted = reference ? find_key(context, *reference).id() : "";
  std::vector<Json> aliases;
  for (auto& alias : table(context).list(kAlias)) {
    if (wanted.empty() || alias.document.value("TargetKeyId", "") == wanted) {
      aliases.push_back(std::move(alias.document));
    }
  }
  return page(input, "Aliases", std::move(aliases), 50,
              [](const Json& alias) { return alias.at("AliasName").get<std::string>(); });
}

}  // namespace orrery::kms
