#include <charconv>
#include <thread>

#include "engines/redis.hpp"

namespace orrery::engines::redis {

using namespace std::chrono_literals;

namespace {

std::uint16_t port_of(const Reply& reply) {
  if (reply.kind == Reply::Kind::integer) return static_cast<std::uint16_t>(reply.integer);
  std::uint16_t port = 0;
  std::from_chars(reply.text.data(), reply.text.data() + reply.text.size(), port);
  return port;
}

Arguments failover_to(const Address& replica) {
  return {"FAILOVER", "TO", replica.host, std::to_string(replica.port), "FORCE", "TIMEOUT", "3000"};
}

/// A replica takes over. The primary hands over when it can, so that no write is lost; else the replica goes ahead.
void promote(const Specification& spec, const Settings& settings, Client& own, Runtime& runtime, const Role& role,
             Surroundings& surroundings) {
  const Address self{spec.host, spec.port};
  bool asked = false;
  if (role.linked) try {
      Client primary = manage(role.source, settings, runtime);
      // An error also says "already in progress": then the old primary's own change has begun it.
      const Reply reply = primary.call(failover_to(self));
      asked = !reply.failed() || reply.text.find("in progress") != std::string::npos;
      if (!asked) surroundings.log("the primary does not hand over: " + reply.text);
    } catch (const ClientError& error) {
      surroundings.log(std::string("the primary is gone: ") + error.what());
    }
  if (asked && wait_for(5s, [&] { return role_of(own).primary; })) return;
  own.demand({"REPLICAOF", "NO", "ONE"});
}

bool answers(const Address& place, const Settings& settings, Runtime& runtime) {
  try {
    return manage(place, settings, runtime, kGlance).call({"PING"}).text == "PONG";
  } catch (const ClientError&) {
    return false;
  }
}

/// Becomes, or stays, a replica of `source`.
void follow(Client& own, const Role& role, const Address& source) {
  if (!role.primary && role.source == source) return;
  if (role.primary && std::find(role.replicas.begin(), role.replicas.end(), source) != role.replicas.end()) {
    own.call(failover_to(source));
    if (wait_for(5s, [&] { return !role_of(own).primary; })) {
      // Clients that were on the primary's endpoint have to find the new one, as after a failover at AWS.
      own.call({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
      return;
    }
  }
  own.demand({"REPLICAOF", source.host, std::to_string(source.port)});
}

}  // namespace

bool wait_for(std::chrono::milliseconds limit, const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

Role role_of(Client& client) {
  const Reply reply = client.demand({"ROLE"});
  Role role;
  role.primary = reply.items.at(0).text == "master";
  if (!role.primary) {
    role.source = {reply.items.at(1).text, port_of(reply.items.at(2))};
    role.linked = reply.items.at(3).text == "connected";
    return role;
  }
  for (const Reply& replica : reply.items.at(2).items)
    role.replicas.push_back({replica.items.at(0).text, port_of(replica.items.at(1))});
  return role;
}

std::string info(Client& client, const std::string& section, const std::string& name) {
  const std::string text = client.demand({"INFO", section}).text, key = "\n" + name + ":";
  const auto at = text.find(key);
  if (at == std::string::npos) return "";
  const auto begin = at + key.size();
  return text.substr(begin, text.find('\r', begin) - begin);
}

void settle_replication(const Specification& spec, const Settings& settings, Client& own, Runtime& runtime,
                        Surroundings& surroundings) {
  const Role role = role_of(own);
  if (settings.replica_of.empty()) {
    if (!role.primary) promote(spec, settings, own, runtime, role, surroundings);
    return;
  }
  const auto source = find(settings.replica_of, settings, surroundings);
  if (!source) {
    surroundings.log("the primary " + settings.replica_of + " is not known yet");
    return;
  }
  if (role.primary) wait_for(kPatience, [&] { return answers(*source, settings, runtime); });
  // What was written to the primary before should be readable here when the replica counts as available. A primary
  // whose FAILOVER comes after the replica has gone ahead is refused by it, and leads again (replication.c: "Failover
  // target rejected psync request"): so it is asked more than once.
  const auto follows = [&] {
    const Role now = role_of(own);
    return !now.primary && now.source == *source && now.linked;
  };
  for (int attempt = 0; attempt < 3; ++attempt) {
    follow(own, role_of(own), *source);
    if (wait_for(3s, follows)) return;
  }
  surroundings.log("the replica has not caught up yet");
}

}  // namespace orrery::engines::redis
