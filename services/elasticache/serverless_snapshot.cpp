#include <algorithm>

#include "aws/ids.hpp"
#include "services/elasticache/backing.hpp"
#include "services/elasticache/errors.hpp"
#include "services/elasticache/names.hpp"
#include "services/elasticache/paging.hpp"
#include "services/elasticache/serverless.hpp"
#include "services/elasticache/snapshot.hpp"
#include "services/elasticache/tags.hpp"

namespace orrery::elasticache {

namespace {

constexpr std::int64_t kMostInADay = 24, kDayMillis = 24LL * 60 * 60 * 1000;  // of one cache (user guide, "Quotas")

storage::Resource snapshot_named(RequestContext& context, const std::string& name) {
  auto snapshot = context.resources().find(kServerlessSnapshot, lower(name));
  if (!snapshot) throw serverless_snapshot_not_found(name);
  return std::move(*snapshot);
}

/// With what its copy is like.
Json snapshot_shown(RequestContext& context, const storage::Resource& snapshot) {
  Json document = snapshot.document;
  const Json copies = snapshot.hidden.value("copies", Json::array());
  if (copies.empty() || !runner(context, text(document.at("ServerlessCacheConfiguration"), "Engine"))) return document;
  const engines::CopyStatus status = context.peers.engines->copy_status(copies.at(0).at("id"));
  if (status.phase == engines::CopyPhase::complete)
    document["BytesUsedForCache"] = std::to_string(status.bytes);
  else
    document["Status"] = status.phase == engines::CopyPhase::failed ? "failed" : "creating";
  return document;
}

void check_available(RequestContext& context, const storage::Resource& snapshot) {
  if (snapshot_shown(context, snapshot).at("Status") != "available")
    throw AwsError("InvalidServerlessCacheSnapshotStateFault", 400,
                   "Serverless cache snapshot " + snapshot.id + " is not in available state.");
}

storage::Resource new_snapshot(RequestContext& context, const std::string& given, const std::string& key) {
  const std::string name = checked_identifier("ServerlessCacheSnapshotName", given, 255);
  if (context.resources().exists(kServerlessSnapshot, name))
    throw AwsError("ServerlessCacheSnapshotAlreadyExistsFault", 400,
                   "Serverless cache snapshot " + name + " already exists.");
  storage::Resource snapshot{
      .kind = std::string(kServerlessSnapshot), .id = name, .arn = context.arn("serverlesscachesnapshot:" + name)};
  snapshot.created = context.now;
  snapshot.document = {{"ServerlessCacheSnapshotName", name},
                       {"ARN", snapshot.arn},
                       {"SnapshotType", "manual"},
                       {"Status", "available"},
                       {"CreateTime", context.timestamp()}};
  if (const std::string arn = checked_key(context, key); !arn.empty()) snapshot.document["KmsKeyId"] = arn;
  return snapshot;
}

std::string new_copy(const RequestContext& context, const std::string& name) {
  return "elasticache-serverless/" + context.account + "/" + context.region + "/" + name + "-" + aws::random_hex(8);
}

storage::Resource snapshot_of(RequestContext& context, const storage::Resource& cache, const std::string& name,
                              const std::string& key) {
  storage::Resource snapshot = new_snapshot(context, name, key);
  const std::string engine = text(cache.document, "Engine");
  if (engine == "memcached") throw not_built("A snapshot of a memcached");
  const auto all = context.resources().list(kServerlessSnapshot);
  const auto today = std::count_if(all.begin(), all.end(), [&](const storage::Resource& other) {
    return other.document.at("ServerlessCacheConfiguration").at("ServerlessCacheName") == cache.id &&
           context.now - other.created < kDayMillis;
  });
  if (today >= kMostInADay)
    throw AwsError("ServerlessCacheSnapshotQuotaExceededFault", 400,
                   "The request cannot be processed because it would exceed the quota of " +
                       std::to_string(kMostInADay) + " snapshots of a serverless cache in a day.");
  snapshot.document["ServerlessCacheConfiguration"] = {{"ServerlessCacheName", cache.id},
                                                       {"Engine", engine},
                                                       {"MajorEngineVersion", cache.document.at("MajorEngineVersion")}};
  snapshot.hidden["version"] = cache.document.at("FullEngineVersion");
  if (leased_endpoint(cache, "0001") && runner(context, engine))
    snapshot.hidden["copies"] = Json::array(
        {{{"id", new_copy(context, snapshot.id)}, {"source", cache.hidden.at("engines").at("0001").at("id")}}});
  return snapshot;
}

Json store_snapshot(RequestContext& context, const storage::Resource& snapshot, const storage::Tags& tags) {
  context.resources().put(snapshot);
  context.resources().tag(kServerlessSnapshot, snapshot.id, tags);
  poke(context);
  return {{"ServerlessCacheSnapshot", snapshot_shown(context, snapshot)}};
}

}  // namespace

void take_serverless_snapshot(RequestContext& context, const storage::Resource& cache, const std::string& name) {
  store_snapshot(context, snapshot_of(context, cache, name, ""), {});
}

storage::Resource serverless_seed(RequestContext& context, const std::string& name) {
  storage::Resource seed = snapshot_named(context, name);
  check_available(context, seed);
  seed.document = {{"Engine", seed.document.at("ServerlessCacheConfiguration").at("Engine")},
                   {"EngineVersion", seed.hidden.at("version")},
                   {"NodeSnapshots", Json::array({Json::object()})}};
  return seed;
}

storage::Resource seed_by_arn(RequestContext& context, const std::string& text_of_arn) {
  const aws::Arn arn = aws::parse_arn(text_of_arn);
  if (arn.valid() && arn.service == "s3") throw not_built("Seeding from snapshots in S3");
  const auto colon = arn.resource.find(':');
  const std::string type = arn.resource.substr(0, colon);
  if (!arn.valid() || arn.service != "elasticache" || colon == std::string::npos ||
      (type != "snapshot" && type != "serverlesscachesnapshot"))
    throw invalid_parameter_value("Invalid snapshot ARN: " + text_of_arn);
  const std::string name = arn.resource.substr(colon + 1);
  if (arn.account != context.account || arn.region != context.region) throw serverless_snapshot_not_found(name);
  if (type == "serverlesscachesnapshot") return serverless_seed(context, name);
  storage::Resource seed = find_seed(context, name).value();
  if (seed.document.at("NodeSnapshots").size() > 1)
    throw not_built("Restoring a snapshot into another number of shards");
  return seed;
}

Json create_serverless_snapshot(RequestContext& context, const Input& input) {
  const storage::Resource cache = serverless_named(context, input.str("ServerlessCacheName"));
  check_settled(context, cache);
  const storage::Tags tags = read_tags(input);
  return store_snapshot(
      context, snapshot_of(context, cache, input.str("ServerlessCacheSnapshotName"), input.str("KmsKeyId")), tags);
}

Json copy_serverless_snapshot(RequestContext& context, const Input& input) {
  const storage::Resource source = snapshot_named(context, input.str("SourceServerlessCacheSnapshotName"));
  check_available(context, source);
  const storage::Tags tags = read_tags(input);
  storage::Resource snapshot =
      new_snapshot(context, input.str("TargetServerlessCacheSnapshotName"), input.str("KmsKeyId"));
  for (const char* member : {"ServerlessCacheConfiguration", "BytesUsedForCache"})
    if (source.document.contains(member)) snapshot.document[member] = source.document.at(member);
  snapshot.hidden["version"] = source.hidden.at("version");
  const Json copies = source.hidden.value("copies", Json::array());
  if (!copies.empty())
    snapshot.hidden["copies"] =
        Json::array({{{"id", new_copy(context, snapshot.id)}, {"from_copy", copies.at(0).at("id")}}});
  return store_snapshot(context, snapshot, tags);
}

Json describe_serverless_snapshots(RequestContext& context, const Input& input) {
  const std::string cache = lower(input.str("ServerlessCacheName")), type = input.str("SnapshotType");
  const std::string name = input.str("ServerlessCacheSnapshotName");
  std::vector<Json> snapshots;
  if (!name.empty()) {
    snapshots.push_back(snapshot_shown(context, snapshot_named(context, name)));
  } else {
    for (const storage::Resource& snapshot : context.resources().list(kServerlessSnapshot))
      snapshots.push_back(snapshot_shown(context, snapshot));
  }
  std::erase_if(snapshots, [&](const Json& snapshot) {
    const Json& of = snapshot.at("ServerlessCacheConfiguration").at("ServerlessCacheName");
    return (!cache.empty() && of != cache) || (!type.empty() && snapshot.at("SnapshotType") != type);
  });
  return token_page(input, "ServerlessCacheSnapshots", std::move(snapshots), "ServerlessCacheSnapshotName");
}

Json delete_serverless_snapshot(RequestContext& context, const Input& input) {
  const storage::Resource snapshot = snapshot_named(context, input.str("ServerlessCacheSnapshotName"));
  Json out = snapshot_shown(context, snapshot);
  if (out.at("Status") == "creating") check_available(context, snapshot);
  out["Status"] = "deleting";
  context.resources().erase(kServerlessSnapshot, snapshot.id);
  poke(context);
  return {{"ServerlessCacheSnapshot", out}};
}

}  // namespace orrery::elasticache
