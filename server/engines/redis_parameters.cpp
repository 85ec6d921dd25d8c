#include <algorithm>

#include "engines/redis.hpp"

namespace orrery::engines::redis {

namespace {

// Settings of ours, or of ElastiCache's own around the engine.
constexpr std::string_view kNotTheEngines[] = {"appendfsync",     "appendonly",
                                               "cluster-enabled", "close-on-replica-write",
                                               "databases",       "lua-replicate-commands",
                                               "rename-commands", "replica-allow-chaining",
                                               "reserved-memory", "reserved-memory-percent"};

constexpr std::string_view kBuffer = "client-output-buffer-limit-";

/// ElastiCache names the parts of this setting one by one: "…-pubsub-hard-limit".
std::vector<Arguments> buffer_limits(const std::map<std::string, std::string>& parameters) {
  std::vector<Arguments> commands;
  for (const char* kind : {"normal", "pubsub", "replica"}) {
    std::string value = kind;
    bool complete = true;
    for (const char* part : {"-hard-limit", "-soft-limit", "-soft-seconds"}) {
      const auto found = parameters.find(std::string(kBuffer) + kind + part);
      complete = complete && found != parameters.end();
      if (complete) value += " " + found->second;
    }
    if (complete) commands.push_back({"CONFIG", "SET", "client-output-buffer-limit", value});
  }
  return commands;
}

}  // namespace

void settle_parameters(Client& client, const Settings& settings, Surroundings& surroundings) {
  std::vector<Arguments> commands = buffer_limits(settings.parameters);
  for (const auto& [name, value] : settings.parameters)
    if (name.rfind(kBuffer, 0) != 0 &&
        std::find(std::begin(kNotTheEngines), std::end(kNotTheEngines), name) == std::end(kNotTheEngines))
      commands.push_back({"CONFIG", "SET", name, value});
  // A replica that is slow to follow must not delay the end of its primary; only Redis 7 knows this one.
  commands.push_back({"CONFIG", "SET", "shutdown-timeout", "1"});
  // A node whose slots have gone elsewhere stays what the specification says. Redis 7 as well.
  if (settings.cluster) commands.push_back({"CONFIG", "SET", "cluster-allow-replica-migration", "no"});
  if (settings.persist) commands.push_back({"CONFIG", "SET", "appendonly", "yes"});
  const std::vector<Reply> replies = client.call_all(commands);
  std::string unknown;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!replies[i].failed() || commands[i][2] == "maxclients") continue;  // this machine may allow fewer
    // "Unknown option" since Redis 7, before it "Unsupported CONFIG parameter".
    const std::string& text = replies[i].text;
    if (text.find("Unknown option") != std::string::npos || text.find("Unsupported CONFIG") != std::string::npos)
      unknown += (unknown.empty() ? "" : ", ") + commands[i][2];
    else
      surroundings.log("parameter " + commands[i][2] + " = " + commands[i][3] + ": " + text);
  }
  if (!unknown.empty()) surroundings.log("parameters that this version does not have: " + unknown);
}

}  // namespace orrery::engines::redis
