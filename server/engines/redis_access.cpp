#include <algorithm>
#include <set>

#include "aws/ids.hpp"
#include "engines/redis.hpp"

namespace orrery::engines::redis {

namespace {

// ElastiCache user guide, "Restricted commands"; those on ACLs, cluster topology and modules as MemoryDB, the same
// engine, lists them ("Restricted commands" of its developer guide).
constexpr const char* kRestricted[] = {"-bgrewriteaof", "-bgsave",   "-config",  "-debug",    "-failover",
                                       "-migrate",      "-module",   "-psync",   "-replconf", "-replicaof",
                                       "-save",         "-shutdown", "-slaveof", "-sync"};
constexpr const char* kRestrictedParts[] = {"-acl|deluser",
                                            "-acl|load",
                                            "-acl|save",
                                            "-acl|setuser",
                                            "-cluster|addslots",
                                            "-cluster|addslotsrange",
                                            "-cluster|bumpepoch",
                                            "-cluster|delslots",
                                            "-cluster|delslotsrange",
                                            "-cluster|failover",
                                            "-cluster|flushslots",
                                            "-cluster|forget",
                                            "-cluster|meet",
                                            "-cluster|replicate",
                                            "-cluster|reset",
                                            "-cluster|saveconfig",
                                            "-cluster|set-config-epoch",
                                            "-cluster|setslot"};
// Redis 6 can't take one part of a command away.
constexpr const char* kRestrictedBefore7[] = {
    "-acl",          "-cluster",         "+cluster|slots", "+cluster|nodes",
    "+cluster|info", "+cluster|keyslot", "+cluster|myid",  "+cluster|countkeysinslot"};

/// The rules of an access string. A selector, "(+get ~key)", is one rule though it has spaces.
Arguments rules_of(const std::string& access) {
  Arguments rules;
  std::string rule;
  bool selector = false;
  for (const char c : access + " ") {
    if (c == '(') selector = true;
    if (c == ')') selector = false;
    if (c != ' ' || selector) {
      rule += c;
    } else if (!rule.empty()) {
      rules.push_back(std::move(rule));
      rule.clear();
    }
  }
  return rules;
}

enum class Parts { fine, coarse };

Arguments set_user(const User& user, Parts parts) {
  Arguments command{"ACL", "SETUSER", user.name, "reset"};
  if (user.digests.empty()) command.push_back("nopass");
  for (const std::string& digest : user.digests) command.push_back("#" + digest);
  for (std::string& rule : rules_of(user.access)) command.push_back(std::move(rule));
  command.push_back(user.enabled ? "on" : "off");
  command.insert(command.end(), std::begin(kRestricted), std::end(kRestricted));
  if (parts == Parts::fine)
    command.insert(command.end(), std::begin(kRestrictedParts), std::end(kRestrictedParts));
  else
    command.insert(command.end(), std::begin(kRestrictedBefore7), std::end(kRestrictedBefore7));
  return command;
}

/// Without user groups there is one user, whose passwords are the AUTH tokens.
std::vector<User> users_of(const Settings& settings) {
  if (settings.users) return *settings.users;
  User user{.name = "default", .access = "~* &* +@all", .enabled = true, .digests = {}};
  for (const std::string& token : settings.tokens) user.digests.push_back(aws::hex(aws::sha256(token)));
  return {user};
}

}  // namespace

void settle_access(Client& client, const Settings& settings, Surroundings& surroundings) {
  std::set<std::string> wanted{kManager};
  for (const User& user : users_of(settings)) {
    wanted.insert(user.name);
    Reply reply = client.call(set_user(user, Parts::fine));
    if (reply.failed()) reply = client.call(set_user(user, Parts::coarse));
    if (!reply.failed()) continue;
    surroundings.log("user " + user.name + " can't be set: " + reply.text);
    if (user.name == "default")
      client.demand({"ACL", "SETUSER", "default", "reset"});
    else
      client.demand({"ACL", "DELUSER", user.name});
  }
  // The default user can't be deleted.
  if (!wanted.contains("default")) client.demand({"ACL", "SETUSER", "default", "reset"});
  wanted.insert("default");
  for (const Reply& name : client.demand({"ACL", "USERS"}).items)
    if (!wanted.contains(name.text)) client.demand({"ACL", "DELUSER", name.text});
}

}  // namespace orrery::engines::redis
