#include "verify/redis.hpp"

namespace orrery::verify {

using engines::redis::Client;
using engines::redis::ClientError;
using engines::redis::Reply;
using engines::redis::Target;

namespace {

/// The value of a line "name:value".
std::string value_of(const std::string& lines, const std::string& name) {
  const auto at = ("\n" + lines).find("\n" + name + ":");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 1;
  return lines.substr(begin, lines.find_first_of("\r\n", begin) - begin);
}

}  // namespace

std::string enter_redis(Client& client, const Target& target) {
  if (client.demand({"PING"}).text != "PONG") throw ClientError("PING is not answered by PONG");
  const std::string transport = target.authority.empty() ? "no TLS" : "TLS";
  const Reply info = client.call({"INFO", "server"});
  if (info.failed()) return transport;  // a user need not be allowed to ask
  const std::string valkey = value_of(info.text, "valkey_version");
  return (valkey.empty() ? "Redis " + value_of(info.text, "redis_version") : "Valkey " + valkey) + ", " + transport;
}

bool wants_login(const Target& target) {
  Target nobody = target;
  nobody.user.clear();
  nobody.password.clear();
  Client client(nobody);
  const Reply reply = client.call({"PING"});
  if (reply.failed() && !reply.text.starts_with("NOAUTH")) throw ClientError("PING: " + reply.text);
  return reply.failed();
}

Replication replication(Client& client) {
  const Reply role = client.demand({"ROLE"});
  if (role.items.empty()) throw ClientError("ROLE has no answer");
  Replication out;
  out.primary = role.items.front().text == "master";
  if (out.primary && role.items.size() > 2) out.replicas = role.items[2].items.size();
  return out;
}

std::string cluster_info(Client& client, const std::string& name) {
  return value_of(client.demand({"CLUSTER", "INFO"}).text, name);
}

}  // namespace orrery::verify
