#pragma once
#include <memory>

#include "engines/login_gate.hpp"
#include "engines/reconciler.hpp"
#include "pipeline/host.hpp"

namespace orrery {

/// A context for what the server does of itself, in the given settings' default account and region.
RequestContext background_context(const pipeline::Host& host, const Service& service, std::string_view operation,
                                  storage::Transaction& tx);

/// What all services want to run, from the store.
engines::Wanted wanted_engines(const pipeline::Host& host);

/// The machines of this data directory that engines can run on, and which of them runs what. Throws
/// std::runtime_error for options that cannot be.
std::shared_ptr<const engines::Choice> choose_engines(const engines::Options& options,
                                                      const std::filesystem::path& data_dir, const engines::Log& log);

/// The engines of a server.
class Engines {
 public:
  Engines(const pipeline::Host& host, const engines::Options& options, std::shared_ptr<engines::Authority> authority,
          const engines::Log& log);

  /// nullptr when every engine is off.
  engines::Supervisor* supervisor() const { return reconciler_.get(); }
  void start() const;
  /// Ends them; their data stays.
  void drain() const;

 private:
  std::unique_ptr<engines::LoginGate> gate_;
  std::unique_ptr<engines::Reconciler> reconciler_;
};

}  // namespace orrery
