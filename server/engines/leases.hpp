#pragma once
#include <filesystem>
#include <string>

#include "engines/supervisor.hpp"

namespace orrery::engines {

/// Which addresses and ports engines listen on: one row an engine, so that they are the same after a restart.
///
/// On Linux all of 127.0.0.0/8 is this machine, so each engine has an address of its own, with the very port that was
/// asked for. Elsewhere, or with --engine-ports or --advertise-host, each has a port of a range on one address.
class Leases {
 public:
  /// Throws std::runtime_error when options.engine_ports is no range.
  Leases(const Options& options, const std::filesystem::path& data_dir);

  /// In the caller's write transaction. Throws std::runtime_error when nothing is free.
  Supervisor::Lease lease(storage::Transaction&, const std::string& id, std::uint16_t port) const;
  void release(storage::Transaction&, const std::string& id) const;

  enum class Kind { addresses, ports };
  Kind kind() const { return kind_; }
  std::string describe() const;  ///< a line for people

 private:
  struct Row {
    std::string host;
    std::uint16_t port = 0, asked = 0;
  };
  Row free_address(storage::Transaction&, const std::string& id, std::uint16_t port) const;
  Row free_port(storage::Transaction&, std::uint16_t asked) const;

  Kind kind_ = Kind::addresses;
  std::string listen_host_, advertise_host_;
  std::uint16_t first_ = 4510, last_ = 4559;
  std::string salt_;  ///< so that two servers on one machine begin at different addresses
};

/// True when nobody listens there now (bind succeeds). Another's address: false.
bool can_bind(const std::string& host, std::uint16_t port);

}  // namespace orrery::engines
