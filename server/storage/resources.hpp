#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/clock.hpp"
#include "aws/json.hpp"
#include "storage/store.hpp"

namespace orrery::storage {

/// A control-plane resource in the form of its own output shape.
struct Resource {
  std::string kind;                ///< "vpc", "db-instance": lower case with dashes, one name a resource type
  std::string id;                  ///< unique in (account, region, service, kind)
  std::string arn;                 ///< "" where the type has none
  Json document = Json::object();  ///< what Describe returns (without tags, which are rows)
  Json hidden = Json::object();    ///< what no client sees
  aws::Millis created = 0;
};

using Tags = std::map<std::string, std::string>;

/// One resource, named across services of the same account and region.
struct Target {
  std::string service, kind, id;
  bool operator==(const Target&) const = default;
};

/// A reference of one resource to another: `from` --role--> `to`.
struct Edge {
  Target from;
  std::string role;
  Target to;
};

/// The resources of one (account, region, service). Cheap to make; lives no longer than its transaction.
/// `region` is kGlobal for services without regions (IAM).
class ResourceTable {
 public:
  static constexpr std::string_view kGlobal = "global";
  static const Migrations migrations;

  ResourceTable(Transaction& transaction, std::string account, std::string region, std::string service);

  std::optional<Resource> find(std::string_view kind, std::string_view id) const;
  bool exists(std::string_view kind, std::string_view id) const;
  /// Inserts or replaces. `created` is kept from the first put.
  void put(const Resource& resource);
  /// Removes the resource, its tags and the edges from it (edges to it are the caller's to refuse or unlink first).
  bool erase(std::string_view kind, std::string_view id);
  /// All of a kind, by id.
  std::vector<Resource> list(std::string_view kind) const;
  /// At most `limit` of a kind whose id sorts after `after`.
  std::vector<Resource> list(std::string_view kind, std::string_view after, std::size_t limit) const;
  std::int64_t count(std::string_view kind) const;

  Tags tags(std::string_view kind, std::string_view id) const;
  /// Tags of every resource of a kind, by id.
  std::map<std::string, Tags> tags(std::string_view kind) const;
  /// Adds, or overwrites values of, the given keys.
  void tag(std::string_view kind, std::string_view id, const Tags& tags);
  void untag(std::string_view kind, std::string_view id, std::string_view key);
  void untag_all(std::string_view kind, std::string_view id);

  void link(std::string_view kind, std::string_view id, std::string_view role, const Target& to);
  void unlink(std::string_view kind, std::string_view id, std::string_view role, const Target& to);
  /// Removes all edges of this role from the resource; all roles when `role` is "".
  void unlink(std::string_view kind, std::string_view id, std::string_view role);
  std::vector<Edge> links_from(std::string_view kind, std::string_view id) const;
  /// Edges of any service of this account and region that point at the given resource of this service.
  std::vector<Edge> links_to(std::string_view kind, std::string_view id) const;

  const std::string& account() const { return account_; }
  const std::string& region() const { return region_; }

 private:
  Transaction& transaction_;
  std::string account_, region_, service_;
};

/// Where a resource with this ARN is kept.
struct Location {
  std::string account, region, service, kind, id;
};
std::optional<Location> find_by_arn(Transaction& transaction, std::string_view arn);
/// Every resource of a kind, of all accounts and regions, for what the clock does.
std::vector<Location> locations(Transaction& transaction, std::string_view service, std::string_view kind);

}  // namespace orrery::storage
