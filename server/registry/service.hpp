#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engines/specification.hpp"
#include "http/message.hpp"
#include "registry/context.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"
#include "registry/peers.hpp"
#include "storage/scopes.hpp"

namespace orrery {

/// An operation: reads its input, reads and writes through the context's transaction, returns the output in the API
/// table's member names, or throws AwsError. Runs on any thread.
using Handler = Json (*)(RequestContext&, const Input&);

/// `read` runs on a snapshot and never waits for a writer; it must not write. Default: by the operation's name
/// (Describe…, Get…, List…, Head…, Query, Scan, BatchGet… read; all else writes).
enum class Access { by_name, read, write };

struct OperationRow {
  std::string_view name;
  Handler handler;
  Access access = Access::by_name;
};

Access access_of(const OperationRow& row);

/// A violation of the API table's constraints, before a service puts it into its own words.
struct Violation {
  enum class Kind { missing, type, enumeration, pattern, length, range, empty_key };
  Kind kind;
  std::string path;        ///< "tags.1.member.key" style as the protocol writes it; member names joined with '.'
  std::string member;      ///< the last name of the path
  Json value;              ///< what was sent
  std::string constraint;  ///< "Member must have length less than or equal to 64", as AWS words it
};

/// A service as the host sees it: a table of operations and a few hooks. Everything else is behind them.
struct Service {
  std::string_view name;  ///< the folder and API table: "ec2", "secretsmanager"
  std::span<const OperationRow> operations;
  /// Fills what an account and region have from the start (default VPC, default parameter groups). Called once for
  /// each (account, region), in a write transaction, before the first request there; the call may come through a peer.
  void (*seed)(RequestContext&) = nullptr;
  /// Puts its interfaces for others into `peers`.
  void (*offer)(Peers& peers) = nullptr;
  /// Tables of its own.
  const storage::Migrations* migrations = nullptr;
  /// Adds where those tables hold something; what is in the resource table is known without it.
  void (*scopes)(storage::Transaction&, std::set<storage::Scope>&) = nullptr;
  /// The service's own error for violations of the table (at least one); nullptr: the protocol's usual form.
  AwsError (*validation_error)(std::span<const Violation>) = nullptr;
  /// For operations with a streaming input: where the body goes. Throws AwsError to refuse before a byte is read.
  std::unique_ptr<http::BodySink> (*open_body)(std::string_view operation, const http::Request&,
                                               const Settings&) = nullptr;
  /// What can be refused before that body comes, for a client that waits to be told ("Expect: 100-continue"). A read
  /// transaction; the operation's handler checks again. Throws AwsError.
  void (*admit)(RequestContext&, const Input&) = nullptr;
  /// Rewrites a request whose Host header carries a resource (bucket.s3.localhost) to path style; true when it did.
  bool (*virtual_host)(http::Request&) = nullptr;
  /// Called once a second on a background thread in a write transaction, for what the clock does (expiry of items,
  /// deletion of keys after their window). `ctx` is of the given settings' default account; walk the store.
  void (*tick)(RequestContext&) = nullptr;
  /// Adds what this service wants to run, of all accounts and regions. A read transaction; called after each poke.
  void (*engines)(RequestContext&, engines::Wanted&) = nullptr;
};

}  // namespace orrery
