#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "aws/ids.hpp"
#include "engines/in_hand.hpp"
#include "engines/leases.hpp"
#include "engines/redis.hpp"

namespace orrery::engines::redis {

namespace fs = std::filesystem;

namespace {

/// Writes a file that holds secrets: nobody else may read it at any moment.
void write_private(const fs::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) throw std::system_error(errno, std::generic_category(), path.string());
  const ssize_t written = ::write(file, text.data(), text.size());
  ::close(file);
  if (written != static_cast<ssize_t>(text.size())) throw std::runtime_error("cannot write " + path.string());
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Redis reads no RDB file while it appends to an AOF: a restored engine starts without, and turns it on afterwards.
bool starts_from_dump(const fs::path& data) {
  return fs::exists(data / "dump.rdb") && !fs::exists(data / "appendonlydir" / "appendonly.aof.manifest") &&
         !fs::exists(data / "appendonly.aof");
}

class Lines {
 public:
  void operator()(const std::string& name, const std::string& value) {
    out_ << name << " \"";
    for (const char c : value) {
      if (c == '"' || c == '\\') out_ << '\\';
      out_ << c;
    }
    out_ << "\"\n";
  }
  void bare(const std::string& line) { out_ << line << "\n"; }
  std::string text() const { return out_.str(); }

 private:
  std::ostringstream out_;
};

void write_network(const Settings& settings, const Place& place, Lines& line) {
  const std::string port = std::to_string(place.listen_port);
  std::string bind = "bind " + place.listen_host;
  // Another node may still answer at one of these: then settle() takes it as soon as it is free.
  for (const std::string& host : settings.listen)
    if (can_bind(host, place.listen_port)) bind += " " + host;
  line.bare(bind);
  line("protected-mode", "no");
  // One port can't take both kinds of connection in Redis, so "preferred" is TLS too.
  line("port", settings.tls.empty() ? port : "0");
  if (settings.tls.empty()) return;
  const fs::path folder = place.inside / "tls";
  line("tls-port", port);
  line("tls-cert-file", (folder / "server.crt").string());
  line("tls-key-file", (folder / "server.key").string());
  line("tls-ca-cert-file", (folder / "ca.crt").string());
  line("tls-auth-clients", "no");
  line("tls-replication", "yes");
  line("tls-cluster", "yes");
}

void write_replication(const Specification& spec, const Settings& settings, const Place& place,
                       Surroundings& surroundings, Lines& line) {
  line("masteruser", kManager);
  line("masterauth", settings.secret);
  // Diskless and at once: a new replica should not wait five seconds for others that might come.
  line("repl-diskless-sync", "yes");
  line("repl-diskless-sync-delay", "0");
  if (settings.cluster) {
    line("cluster-enabled", "yes");
    line("cluster-config-file", "nodes.conf");
    line("cluster-node-timeout", "5000");
    line("cluster-announce-ip", spec.host);
    return;
  }
  // Without it a primary sees the address from which the kernel lets its replica connect.
  line("replica-announce-ip", spec.host);
  line("replica-announce-port", std::to_string(spec.port));
  // A new one starts beside its primary and follows when that answers (settle_replication): what fails to connect tries
  // again only a second later.
  if (settings.replica_of.empty() || fs::is_empty(place.outside / "data")) return;
  if (const auto source = find(settings.replica_of, settings, surroundings))
    line.bare("replicaof " + source->host + " " + std::to_string(source->port));
}

}  // namespace

void configure(const Specification& spec, const Settings& settings, Runtime& runtime, Surroundings& surroundings) {
  const Place& place = runtime.place();
  if (!settings.tls.empty()) {
    std::vector<std::string> hosts{"localhost", "127.0.0.1"};
    hosts.insert(hosts.end(), settings.names.begin(), settings.names.end());
    hosts.insert(hosts.end(), settings.listen.begin(), settings.listen.end());
    InHand(spec, runtime, &surroundings).certify(hosts);
  }
  Lines line;
  write_network(settings, place, line);
  line("daemonize", "no");
  line("dir", (place.inside / "data").string());
  line("aclfile", (place.inside / "conf" / "users.acl").string());
  line("save", "");
  line("appendonly", settings.persist && !starts_from_dump(place.outside / "data") ? "yes" : "no");
  line("appendfsync", "everysec");
  line("always-show-logo", "no");
  if (const auto databases = settings.parameters.find("databases"); databases != settings.parameters.end())
    line("databases", databases->second);
  write_replication(spec, settings, place, surroundings, line);
  // Clients are let in by settle(): until then only the manager is. An access string that this version refuses would
  // keep the engine from starting if it stood in this file.
  const std::string users = std::string("user ") + kManager + " on #" + aws::hex(aws::sha256(settings.secret)) +
                            " ~* &* +@all\nuser default off\n";
  const fs::path conf = place.outside / "conf";
  fs::create_directories(conf);
  write_private(conf / "users.acl", users);
  write_private(conf / "redis.conf", line.text());
  runtime.hand_over(conf);
}

Client manage(const Address& address, const Settings& settings, Runtime& runtime, std::chrono::milliseconds limit) {
  Target target{.host = address.host,
                .port = address.port,
                .authority = "",
                .user = kManager,
                .password = settings.secret,
                .limit = limit};
  if (!settings.tls.empty()) target.authority = read(runtime.place().outside / "tls" / "ca.crt");
  return Client(target);
}

Client manage(const Settings& settings, Runtime& runtime, std::chrono::milliseconds limit) {
  return manage(Address{runtime.place().connect_host, runtime.place().connect_port}, settings, runtime, limit);
}

std::optional<Address> find(const std::string& id, const Settings& settings, Surroundings& surroundings) {
  if (const auto running = surroundings.source ? surroundings.source(id) : std::nullopt)
    return Address{running->host, running->port};
  if (const auto known = settings.addresses.find(id); known != settings.addresses.end()) return known->second;
  return std::nullopt;
}

}  // namespace orrery::engines::redis
