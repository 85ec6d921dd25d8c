#include "engines/leases.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

#include "aws/ids.hpp"

namespace orrery::engines {

namespace {

constexpr std::string_view kScripts[] = {
    "CREATE TABLE engine_lease (id TEXT PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL, asked INTEGER NOT NULL,"
    " UNIQUE (host, port)) WITHOUT ROWID"};

// 127.16.0.0 to 127.31.255.255: clear of 127.0.0.x (this machine's services), 127.0.1.1 (Debian's host name) and
// 127.0.0.53 (systemd-resolved).
constexpr std::uint32_t kFirstAddress = (127U << 24) | (16U << 16);
constexpr std::uint32_t kAddresses = 1U << 20;

std::string text_of(std::uint32_t address) {
  return std::to_string(address >> 24) + "." + std::to_string((address >> 16) & 255) + "." +
         std::to_string((address >> 8) & 255) + "." + std::to_string(address & 255);
}

bool read_range(const std::string& text, std::uint16_t& first, std::uint16_t& last) {
  const char* end = text.data() + text.size();
  const auto [dash, failed] = std::from_chars(text.data(), end, first);
  if (failed != std::errc() || dash == end || *dash != '-') return false;
  const auto [stop, failed_again] = std::from_chars(dash + 1, end, last);
  return failed_again == std::errc() && stop == end && first > 0 && first <= last;
}

}  // namespace

const storage::Migrations Supervisor::migrations{"engine_lease", kScripts};

bool can_bind(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return false;
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  if (probe < 0) return false;
  const int yes = 1;  // sockets in TIME_WAIT are no hindrance; a listener is
  ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const bool free =
      ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 && ::listen(probe, 1) == 0;
  ::close(probe);
  return free;
}

Leases::Leases(const Options& options, const std::filesystem::path& data_dir)
    : listen_host_(options.listen_host), advertise_host_(options.advertise_host), salt_(data_dir.string()) {
  if (!options.engine_ports.empty() && !read_range(options.engine_ports, first_, last_)) {
    throw std::runtime_error("--engine-ports " + options.engine_ports + ": expected FIRST-LAST");
  }
  const bool addresses_work = can_bind(text_of(kFirstAddress + 1), 0);
  if (!options.engine_ports.empty() || !advertise_host_.empty() || !addresses_work) kind_ = Kind::ports;
  if (advertise_host_.empty() && kind_ == Kind::ports) {
    advertise_host_ = listen_host_ == "0.0.0.0" ? "127.0.0.1" : listen_host_;
  }
}

std::string Leases::describe() const {
  if (kind_ == Kind::addresses)
    return "each engine has a loopback address of its own (127.16.0.0/12), and the asked port";
  return "each engine has a port of " + std::to_string(first_) + "-" + std::to_string(last_) + " on " + listen_host_ +
         ", advertised as " + advertise_host_;
}

Supervisor::Lease Leases::lease(storage::Transaction& tx, const std::string& id, std::uint16_t port) const {
  std::optional<Row> row;
  {
    auto rows = tx.db().query("SELECT host, port, asked FROM engine_lease WHERE id = ?", id);
    if (rows.next()) {
      row = Row{std::string(rows.text(0)), static_cast<std::uint16_t>(rows.integer(1)),
                static_cast<std::uint16_t>(rows.integer(2))};
    }
  }
  const bool keeps_kind =
      row && (kind_ == Kind::ports ? row->host == listen_host_ && row->port >= first_ && row->port <= last_
                                   : row->host != listen_host_ && row->port == row->asked);
  if (!keeps_kind || row->asked != port) {
    // The address stays when only the port is another and free there.
    if (keeps_kind && kind_ == Kind::addresses && can_bind(row->host, port))
      row->port = port;
    else if (!keeps_kind || kind_ == Kind::addresses)
      row = kind_ == Kind::ports ? free_port(tx, port) : free_address(tx, id, port);
    row->asked = port;
    tx.db().execute("INSERT OR REPLACE INTO engine_lease (id, host, port, asked) VALUES (?, ?, ?, ?)", id, row->host,
                    row->port, row->asked);
  }
  const Endpoint listen{row->host, row->port};
  return {{advertise_host_.empty() ? listen.host : advertise_host_, listen.port}, listen};
}

Leases::Row Leases::free_address(storage::Transaction& tx, const std::string& id, std::uint16_t port) const {
  const std::string digest = aws::sha256(salt_ + '\0' + id);
  std::uint32_t start = 0;
  for (int i = 0; i < 4; ++i) start = (start << 8) | static_cast<unsigned char>(digest[static_cast<std::size_t>(i)]);
  for (std::uint32_t n = 0; n < kAddresses; ++n) {
    const std::uint32_t address = kFirstAddress + (start + n) % kAddresses;
    if ((address & 255) == 0 || (address & 255) == 255) continue;  // some tools refuse what looks like a network
    const std::string host = text_of(address);
    if (tx.db().query("SELECT 1 FROM engine_lease WHERE host = ?", host).next()) continue;
    if (can_bind(host, port)) return {host, port, port};
    if (port < 1024 && n > 16) break;  // a port that we may not bind anywhere
  }
  throw std::runtime_error("no loopback address is free for port " + std::to_string(port));
}

Leases::Row Leases::free_port(storage::Transaction& tx, std::uint16_t asked) const {
  for (std::uint32_t port = first_; port <= last_; ++port) {
    if (tx.db().query("SELECT 1 FROM engine_lease WHERE port = ?", port).next()) continue;
    if (can_bind(listen_host_, static_cast<std::uint16_t>(port)))
      return {listen_host_, static_cast<std::uint16_t>(port), asked};
  }
  throw std::runtime_error("no port of " + std::to_string(first_) + "-" + std::to_string(last_) +
                           " is free for an engine (widen --engine-ports)");
}

void Leases::release(storage::Transaction& tx, const std::string& id) const {
  tx.db().execute("DELETE FROM engine_lease WHERE id = ?", id);
}

}  // namespace orrery::engines
