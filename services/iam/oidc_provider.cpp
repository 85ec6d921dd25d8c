#include "aws/ids.hpp"
#include "services/iam/errors.hpp"
#include "services/iam/handlers.hpp"

namespace orrery::iam {

namespace {

void put_clients(storage::Resource& provider, const std::vector<std::string>& clients) {
  provider.document["ClientIDList"] = clients;
}

std::vector<std::string> clients_of(const storage::Resource& provider) {
  return provider.document.value("ClientIDList", std::vector<std::string>{});
}

}  // namespace

Json create_oidc_provider(RequestContext& context, const Input& input) {
  std::string url = input.str("Url");
  const storage::Tags tags = read_tags(input);
  if (!url.starts_with("https://")) throw validation_error("Invalid Open ID Connect Provider URL");
  url.erase(0, 8);
  storage::Resource provider;
  provider.kind = kOidcProvider.kind;
  provider.arn = aws::arn("iam", "", context.account, "oidc-provider/" + url);
  provider.id = provider.arn;
  provider.created = context.now;
  if (table(context).exists(provider.kind, provider.id))
    throw already_exists("Provider with url https://" + url + " already exists.");
  provider.document = {
      {"Url", url}, {"ThumbprintList", input.strings("ThumbprintList")}, {"CreateDate", whole_seconds(context)}};
  put_clients(provider, input.strings("ClientIDList"));
  table(context).put(provider);
  table(context).tag(provider.kind, provider.id, tags);
  Json out = {{"OpenIDConnectProviderArn", provider.arn}};
  add_tags(out, tags);
  return out;
}

Json get_oidc_provider(RequestContext& context, const Input& input) {
  const storage::Resource provider = find_oidc_provider(context, input.str("OpenIDConnectProviderArn"));
  Json out = provider.document;
  add_tags(out, table(context).tags(provider.kind, provider.id));
  return out;
}

Json list_oidc_providers(RequestContext& context, const Input&) {
  Json list = Json::array();
  for (const auto& provider : table(context).list(kOidcProvider.kind)) list.push_back({{"Arn", provider.arn}});
  return {{"OpenIDConnectProviderList", list}};
}

Json update_oidc_thumbprints(RequestContext& context, const Input& input) {
  storage::Resource provider = find_oidc_provider(context, input.str("OpenIDConnectProviderArn"));
  provider.document["ThumbprintList"] = input.strings("ThumbprintList");
  table(context).put(provider);
  return Json::object();
}

Json add_oidc_client(RequestContext& context, const Input& input) {
  storage::Resource provider = find_oidc_provider(context, input.str("OpenIDConnectProviderArn"));
  auto clients = clients_of(provider);
  const std::string client = input.str("ClientID");
  if (std::find(clients.begin(), clients.end(), client) == clients.end()) clients.push_back(client);
  put_clients(provider, clients);
  table(context).put(provider);
  return Json::object();
}

Json remove_oidc_client(RequestContext& context, const Input& input) {
  storage::Resource provider = find_oidc_provider(context, input.str("OpenIDConnectProviderArn"));
  auto clients = clients_of(provider);
  std::erase(clients, input.str("ClientID"));
  put_clients(provider, clients);
  table(context).put(provider);
  return Json::object();
}

Json delete_oidc_provider(RequestContext& context, const Input& input) {
  // Deleting one that is not there succeeds (IAM API reference, DeleteOpenIDConnectProvider).
  table(context).erase(kOidcProvider.kind, input.str("OpenIDConnectProviderArn"));
  return Json::object();
}

}  // namespace orrery::iam
