#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

#include "engines/redis.hpp"

namespace orrery::engines::redis {

using namespace std::chrono_literals;

namespace {

/// A line of CLUSTER NODES: id host:port@bus[,name] flags primary ping pong epoch link slots…
struct Node {
  std::string id;
  Address address;
  std::set<std::string> flags;
  std::string primary;  ///< its id, "-" for a primary
  std::vector<std::pair<int, int>> slots;

  bool is(const char* flag) const { return flags.contains(flag); }
};

int number(std::string_view text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Node parsed(const std::string& line) {
  std::istringstream words(line);
  Node node;
  std::string address, flags, word;
  words >> node.id >> address >> flags >> node.primary;
  const auto colon = address.rfind(':', address.find('@'));
  node.address = {address.substr(0, colon), static_cast<std::uint16_t>(number(address.substr(colon + 1)))};
  for (std::istringstream each(flags); std::getline(each, word, ',');) node.flags.insert(word);
  for (int i = 0; i < 4; ++i) words >> word;
  while (words >> word) {
    if (word.front() == '[') continue;  // a slot that is being moved
    const auto dash = word.find('-');
    node.slots.emplace_back(number(word), number(dash == std::string::npos ? word : word.substr(dash + 1)));
  }
  return node;
}

std::vector<Node> nodes_of(Client& client) {
  std::vector<Node> nodes;
  std::istringstream lines(client.demand({"CLUSTER", "NODES"}).text);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) nodes.push_back(parsed(line));
  return nodes;
}

const Node* at(const std::vector<Node>& nodes, const Address& address) {
  for (const Node& node : nodes)
    if (node.address == address && !node.is("fail") && !node.is("noaddr")) return &node;
  return nullptr;
}

const Node& self(const std::vector<Node>& nodes) {
  return *std::find_if(nodes.begin(), nodes.end(), [](const Node& node) { return node.is("myself"); });
}

std::vector<Address> wanted_nodes(const Settings& settings, Surroundings& surroundings) {
  std::vector<Address> out;
  for (const std::string& id : settings.cluster->nodes)
    if (const auto address = find(id, settings, surroundings)) out.push_back(*address);
  return out;
}

/// The value of a line of CLUSTER INFO.
std::string cluster_info(Client& client, const std::string& name) {
  const std::string text = client.demand({"CLUSTER", "INFO"}).text;
  const auto at = text.find(name + ":");
  return at == std::string::npos ? "" : text.substr(at + name.size() + 1, text.find('\r', at) - at - name.size() - 1);
}

/// A cluster whose parameter group does not ask for full coverage calls itself well with the slots of one shard.
bool whole(Client& client) {
  return cluster_info(client, "cluster_state") == "ok" && cluster_info(client, "cluster_slots_assigned") == "16384";
}

/// Who owns each slot, as the owners say themselves: a node that has just joined has not heard of all.
std::map<int, Address> owners(Client& own, const Address& here, const Settings& settings, Runtime& runtime,
                              Surroundings& surroundings) {
  std::map<int, Address> out;
  const auto add = [&](Client& client, const Address& address) {
    const std::vector<Node> nodes = nodes_of(client);
    for (const auto& [first, last] : self(nodes).slots)
      for (int slot = first; slot <= last; ++slot) out[slot] = address;
  };
  for (const Address& address : wanted_nodes(settings, surroundings)) try {
      if (address == here) continue;
      Client client = manage(address, settings, runtime);
      add(client, address);
    } catch (const ClientError& error) {
      surroundings.log(std::string("a node of the cluster does not answer: ") + error.what());
    }
  add(own, here);  // last: one who has just handed over may not know it yet
  return out;
}

/// Introduces this node to all others. The later one of two that start together finds the other.
void meet(Client& own, const Settings& settings, Surroundings& surroundings) {
  const auto acquainted = [&] {
    const std::vector<Node> nodes = nodes_of(own);
    bool all = true;
    for (const Address& address : wanted_nodes(settings, surroundings)) {
      const Node* node = at(nodes, address);
      all = all && node && !node->is("handshake");
      if (!node) own.call({"CLUSTER", "MEET", address.host, std::to_string(address.port)});
    }
    return all;
  };
  if (!wait_for(5s, acquainted)) surroundings.log("not all nodes of the cluster have answered");
}

/// Takes leave of nodes that the cluster no longer has.
void forget(Client& own, const Settings& settings, Surroundings& surroundings) {
  const std::vector<Address> wanted = wanted_nodes(settings, surroundings);
  if (wanted.size() != settings.cluster->nodes.size()) return;
  const std::vector<Node> nodes = nodes_of(own);
  for (const Node& node : nodes) {
    const bool named = std::find(wanted.begin(), wanted.end(), node.address) != wanted.end();
    if (node.is("myself") || node.is("handshake") || (named && !node.is("fail"))) continue;
    if (node.slots.empty()) own.call({"CLUSTER", "FORGET", node.id});
  }
}

/// Two nodes between which slots move.
struct Move {
  Client &own, &source;
  std::string id, source_id;
  Address here;
};

void all(Client& client, const std::vector<int>& slots, const Arguments& state) {
  std::vector<Arguments> commands;
  for (const int slot : slots) {
    commands.push_back({"CLUSTER", "SETSLOT", std::to_string(slot)});
    commands.back().insert(commands.back().end(), state.begin(), state.end());
  }
  for (const Reply& reply : client.call_all(commands))
    if (reply.failed()) throw ClientError("CLUSTER SETSLOT: " + reply.text);
}

void move_keys(const Move& move, int slot, const Settings& settings) {
  for (;;) {
    const Reply keys = move.source.demand({"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), "100"});
    if (keys.items.empty()) return;
    Arguments migrate{
        "MIGRATE",       move.here.host, std::to_string(move.here.port), "", "0", "5000", "REPLACE", "AUTH2", kManager,
        settings.secret, "KEYS"};
    for (const Reply& key : keys.items) migrate.push_back(key.text);
    move.source.demand(migrate);
  }
}

/// Moves slots with their keys to this node. As redis-cli does it, but that the source lets go before the new owner
/// claims: several nodes move slots at the same time here, and of two that claim a slot the one with the higher epoch
/// has it, and the other drops its keys. A message of the source's that is still under way may not win either. Many at
/// a time, because a node writes its configuration to disk once for all commands that it finds waiting.
void move_slots(const Move& move, const std::vector<int>& slots, const Settings& settings) {
  all(move.own, slots, {"IMPORTING", move.source_id});
  all(move.source, slots, {"MIGRATING", move.id});
  std::vector<Arguments> count;
  count.reserve(slots.size());
  for (const int slot : slots) count.push_back({"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot)});
  const std::vector<Reply> keys = move.source.call_all(count);
  for (std::size_t i = 0; i < slots.size(); ++i)
    if (keys[i].integer > 0) move_keys(move, slots[i], settings);
  all(move.source, slots, {"NODE", move.id});
  wait_for(5s, [&] {
    return number(cluster_info(move.own, "cluster_current_epoch")) >=
           number(cluster_info(move.source, "cluster_my_epoch"));
  });
  all(move.own, slots, {"NODE", move.id});
}

/// Takes slots that nobody says are theirs.
void claim(Client& own, const std::vector<int>& slots, const Settings& settings, Runtime& runtime) {
  const std::vector<Node> nodes = nodes_of(own);
  std::map<int, const Node*> known;
  for (const Node& node : nodes)
    for (const auto& [first, last] : node.slots)
      for (int slot = first; slot <= last; ++slot) known[slot] = &node;
  std::map<const Node*, std::vector<int>> let_go;
  Arguments add{"CLUSTER", "ADDSLOTS"};
  for (const int slot : slots) {
    const auto giver = known.find(slot);
    if (giver == known.end())
      add.push_back(std::to_string(slot));
    else
      let_go[giver->second].push_back(slot);
  }
  if (add.size() > 2) own.demand(add);
  // A move that was interrupted when the giver had let go. It must be there to say so: the exception is meant.
  for (const auto& [giver, given] : let_go) {
    manage(giver->address, settings, runtime);
    all(own, given, {"IMPORTING", giver->id});
    all(own, given, {"NODE", self(nodes).id});
  }
}

void take_slots(const Specification& spec, const Settings& settings, Client& own, Runtime& runtime,
                Surroundings& surroundings) {
  const Address here{spec.host, spec.port};
  const std::map<int, Address> owned = owners(own, here, settings, runtime, surroundings);
  std::map<std::string, std::pair<Address, std::vector<int>>> foreign;
  std::vector<int> nobodys;
  for (const auto& [first, last] : settings.cluster->slots)
    for (int slot = first; slot <= last; ++slot) {
      const auto owner = owned.find(slot);
      if (owner == owned.end()) {
        nobodys.push_back(slot);
      } else if (owner->second != here) {
        auto& [address, slots] = foreign[owner->second.host + ":" + std::to_string(owner->second.port)];
        address = owner->second;
        slots.push_back(slot);
      }
    }
  if (!nobodys.empty()) claim(own, nobodys, settings, runtime);
  if (foreign.empty()) return;
  // A node that has just joined takes no keys before it has seen the cluster whole for a while.
  wait_for(10s, [&] { return whole(own); });
  const std::vector<Node> nodes = nodes_of(own);
  for (const auto& [name, from] : foreign) {
    const Node* source = at(nodes, from.first);
    if (!source) continue;
    surroundings.log("moving " + std::to_string(from.second.size()) + " slots from " + name);
    Client client = manage(from.first, settings, runtime);
    wait_for(5s, [&] { return at(nodes_of(client), here) != nullptr; });
    const Move move{own, client, self(nodes).id, source->id, here};
    const std::vector<int>& slots = from.second;
    constexpr std::ptrdiff_t kTogether = 128;
    for (auto at = slots.begin(); at != slots.end();) {
      const auto end = at + std::min(kTogether, slots.end() - at);
      move_slots(move, {at, end}, settings);
      at = end;
    }
  }
}

void replicate(const Specification& spec, const Settings& settings, Client& own, Runtime& runtime,
               Surroundings& surroundings) {
  const auto source = find(settings.replica_of, settings, surroundings);
  const std::vector<Node> nodes = nodes_of(own);
  const Node* primary = source ? at(nodes, *source) : nullptr;
  if (!primary) throw std::runtime_error("its primary " + settings.replica_of + " is not in the cluster");
  if (self(nodes).primary == primary->id) return;
  if (!self(nodes).slots.empty()) {
    // This was the primary, and `source` takes over: its own change may have begun that already.
    manage(*source, settings, runtime).call({"CLUSTER", "FAILOVER"});
    wait_for(5s, [&] { return self(nodes_of(own)).slots.empty(); });
  }
  if (self(nodes_of(own)).primary == primary->id) return;
  own.demand({"CLUSTER", "REPLICATE", primary->id});
  if (!wait_for(3s, [&] { return role_of(own).linked; }))
    surroundings.log("the replica " + spec.id + " has not caught up yet");
}

void lead(Client& own, Surroundings& surroundings) {
  const Role role = role_of(own);
  if (role.primary) return;
  const Reply reply = own.call({"CLUSTER", "FAILOVER"});
  const bool asked = !reply.failed();
  if (asked && wait_for(5s, [&] { return role_of(own).primary; })) return;
  if (role_of(own).primary) return;
  surroundings.log("the primary does not hand over: taking over");
  own.demand({"CLUSTER", "FAILOVER", "TAKEOVER"});
}

/// Clients are sent to the advertised host, where that is another than the nodes know each other by. Redis 7 has it; an
/// older one refuses, and names the machine's address.
void announce(const Specification& spec, const Settings& settings, Client& own) {
  if (settings.names.empty() || settings.names.front() == spec.host) return;
  own.call({"CONFIG", "SET", "cluster-announce-hostname", settings.names.front()});
  own.call({"CONFIG", "SET", "cluster-preferred-endpoint-type", "hostname"});
}

}  // namespace

void settle_cluster(const Specification& spec, const Settings& settings, Client& own, Runtime& runtime,
                    Surroundings& surroundings) {
  const auto& ids = settings.cluster->nodes;
  const auto index = std::find(ids.begin(), ids.end(), spec.id) - ids.begin();
  announce(spec, settings, own);
  // Distinct epochs from the start spare the nodes a round of resolving equal ones. Refused once the node knows others.
  own.call({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(index + 1)});
  meet(own, settings, surroundings);
  forget(own, settings, surroundings);
  if (settings.replica_of.empty()) {
    // One without slots is leaving: as soon as it has given the last away it may follow whoever took it.
    if (settings.cluster->slots.empty()) return;
    lead(own, surroundings);
    take_slots(spec, settings, own, runtime, surroundings);
  } else {
    replicate(spec, settings, own, runtime, surroundings);
  }
  if (!wait_for(5s, [&] { return whole(own); })) surroundings.log("the cluster is not whole yet");
}

}  // namespace orrery::engines::redis
