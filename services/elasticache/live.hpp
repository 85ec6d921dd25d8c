#pragma once
#include <map>
#include <string>

#include "engines/specification.hpp"
#include "registry/context.hpp"

namespace orrery::elasticache {

/// What the engines behind resources are doing, put over their stored documents, which say "available". Made for one
/// request: it derives each group's engines once.
class Lives {
 public:
  explicit Lives(RequestContext& context) : context_(context) {}

  void show_group(const storage::Resource& group, Json& document);
  void show_cluster(const storage::Resource& cluster, Json& document);
  void show_serverless(const storage::Resource& cache, Json& document);
  /// True while an engine of the group is not as its specification says.
  bool changing(const storage::Resource& group);
  bool changing_serverless(const storage::Resource& cache);
  /// True when shards are leaving and the others have all that they shall have.
  bool may_leave(const storage::Resource& group);

 private:
  enum class Life { available, creating, modifying, rebooting, failed };
  static const char* status_of_group(Life life);
  static const char* status_of_cluster(Life life);
  Life life_of(const engines::Specification& spec);
  Life life_of(const storage::Resource& cluster, const std::string& node);
  Life life_of_group(const storage::Resource& group);
  void learn(const std::vector<engines::Specification>& specs);
  void learn_group(const storage::Resource& group);

  RequestContext& context_;
  std::map<std::string, Life> lives_;   ///< by engine id
  std::map<std::string, bool> learnt_;  ///< groups and clusters whose engines are in lives_
};

/// Sets a snapshot's status and sizes by its copies.
void show_snapshot(RequestContext& context, const storage::Resource& snapshot, Json& document);

/// Service::tick: findings about engines that failed, or that are of another version than was asked for; the end of
/// shards that were taken away.
void watch_engines(RequestContext& context);
/// Takes them back.
void settle_engines(RequestContext& context, const std::string& arn);

}  // namespace orrery::elasticache
