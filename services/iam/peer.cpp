#include "services/iam/peer.hpp"

#include "aws/ids.hpp"
#include "http/message.hpp"
#include "identity/credentials.hpp"
#include "services/iam/attachment.hpp"
#include "services/iam/identity_policies.hpp"

namespace orrery::iam {

namespace {

/// The last segment of an ARN's resource, or the text itself.
std::string name_of(const std::string& arn_or_name) { return arn_or_name.substr(arn_or_name.rfind('/') + 1); }

/// Resources of the account that an ARN names; the caller's for a bare name.
storage::ResourceTable table_of(RequestContext& context, const std::string& arn_or_name) {
  const aws::Arn arn = aws::parse_arn(arn_or_name);
  return {context.tx, arn.valid() ? arn.account : context.account, std::string(storage::ResourceTable::kGlobal), "iam"};
}

std::optional<storage::Resource> find(RequestContext& context, const Entity& entity, const std::string& arn_or_name) {
  auto found = table_of(context, arn_or_name).find(entity.kind, lower(name_of(arn_or_name)));
  if (!found) return std::nullopt;
  const bool named =
      found->arn == arn_or_name || found->document.value(std::string(entity.name_member), "") == arn_or_name;
  return named ? std::move(found) : std::nullopt;
}

class Peer final : public IamPeer {
 public:
  std::optional<identity::Credential> credential(storage::Transaction& tx, const std::string& access_key) override {
    return identity::CredentialTable(tx).find(access_key);
  }

  std::optional<RoleInfo> role(RequestContext& context, const std::string& arn_or_name) override {
    const auto found = find(context, kRole, arn_or_name);
    if (!found) return std::nullopt;
    RoleInfo out;
    out.name = found->document.value("RoleName", "");
    out.arn = found->arn;
    out.id = found->document.value("RoleId", "");
    out.path = found->document.value("Path", "");
    out.max_session_seconds = found->document.value("MaxSessionDuration", std::int64_t{3600});
    out.trust_policy = Json::parse(http::percent_decode(found->document.value("AssumeRolePolicyDocument", "")));
    for (const auto& edge : table_of(context, arn_or_name).links_from(kRole.kind, found->id)) {
      if (edge.role == kAttached) out.attached_policy_arns.push_back(edge.to.id);
    }
    return out;
  }

  identity::Decision decide(RequestContext& context, const identity::Principal& principal,
                            const identity::Question& question) override {
    return iam::decide(context, principal, question);
  }

  bool instance_profile_exists(RequestContext& context, const std::string& arn_or_name) override {
    return find(context, kInstanceProfile, arn_or_name).has_value();
  }

  std::optional<OidcProviderInfo> oidc_provider(RequestContext& context, const std::string& arn) override {
    const auto found = table_of(context, arn).find(kOidcProvider.kind, arn);
    if (!found) return std::nullopt;
    return OidcProviderInfo{found->document.value("Url", ""),
                            found->document.value("ClientIDList", std::vector<std::string>{})};
  }
};

}  // namespace

void offer(Peers& peers) {
  static Peer peer;
  peers.iam = &peer;
}

}  // namespace orrery::iam
