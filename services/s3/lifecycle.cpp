#include "services/s3/lifecycle.hpp"

#include <cmath>

#include "registry/error.hpp"
#include "services/s3/access.hpp"
#include "services/s3/attributes.hpp"
#include "services/s3/rule_filter.hpp"

namespace orrery::s3 {

namespace {

constexpr aws::Millis kDay = 86'400'000;
/// So many versions are looked at in one transaction, which keeps writers waiting.
constexpr std::size_t kAtOnce = 2000;

/// When an action with Days or Date takes place; nullopt for one that has neither.
std::optional<aws::Millis> due(const Json& action, aws::Millis since) {
  if (action.contains("Days")) return due_midnight(since, action["Days"].get<std::int64_t>());
  if (action.contains("Date")) return static_cast<aws::Millis>(action["Date"].get<double>() * 1000);
  return std::nullopt;
}

/// The versions of one key, newest first, under the rules of its bucket.
class KeyRun {
 public:
  KeyRun(RequestContext& context, const Bucket& bucket, const Json& rules, std::vector<Version> versions)
      : context_(context), bucket_(bucket), rules_(rules), versions_(std::move(versions)), store_(store_of(context)) {}

  void run() {
    for (const auto& rule : rules_) {
      if (rule.value("Status", "") != "Enabled") continue;
      const RuleFilter filter(rule);
      expire_noncurrent(rule, filter);
      expire_current(rule, filter);
      transition(rule, filter);
    }
  }

 private:
  bool passed(const std::optional<aws::Millis>& when) const { return when && *when <= context_.now; }

  bool locked(const Version& version) const {
    try {
      refuse_locked(context_, version, Bypass::no);
      return false;
    } catch (const AwsError&) {
      return true;
    }
  }

  void expire_current(const Json& rule, const RuleFilter& filter) {
    if (versions_.empty() || !rule.contains("Expiration") || !filter.fits(versions_.front())) return;
    const Version& current = versions_.front();
    const Json& expiration = rule["Expiration"];
    if (current.delete_marker) {
      // A marker that hides nothing any more goes by its own setting, or by the age of the rule.
      const bool alone = versions_.size() == 1;
      if (alone &&
          (expiration.value("ExpiredObjectDeleteMarker", false) || passed(due(expiration, current.modified)))) {
        erase(0);
      }
      return;
    }
    if (!passed(due(expiration, current.modified))) return;
    if (bucket_.versioning == Versioning::never) {
      if (!locked(current)) erase(0);
      return;
    }
    Version marker;
    marker.bucket = bucket_.name;
    marker.key = current.key;
    marker.delete_marker = true;
    marker.modified = context_.now;
    store_.insert(marker, bucket_.versioning);
    versions_ = store_.versions_of(bucket_.name, marker.key);
  }

  /// A version is noncurrent since its successor was written.
  aws::Millis noncurrent_since(std::size_t at) const { return versions_[at - 1].modified; }

  void expire_noncurrent(const Json& rule, const RuleFilter& filter) {
    if (!rule.contains("NoncurrentVersionExpiration")) return;
    const Json& action = rule["NoncurrentVersionExpiration"];
    const auto kept = static_cast<std::size_t>(action.value("NewerNoncurrentVersions", 0));
    const auto days = action.value("NoncurrentDays", 0);
    for (std::size_t at = versions_.size(); at-- > 1 + kept;) {
      const bool old = due_midnight(noncurrent_since(at), days) <= context_.now;
      if (old && filter.fits(versions_[at]) && !locked(versions_[at])) erase(at);
    }
  }

  void transition(const Json& rule, const RuleFilter& filter) {
    for (std::size_t at = 0; at < versions_.size(); ++at) {
      Version& version = versions_[at];
      if (version.delete_marker || !filter.fits(version)) continue;
      const bool current = at == 0;
      for (const auto& action : rule.value(current ? "Transitions" : "NoncurrentVersionTransitions", Json::array())) {
        const auto when = current ? due(action, version.modified)
                                  : due_midnight(noncurrent_since(at), action.value("NoncurrentDays", 0));
        const auto kept = static_cast<std::size_t>(action.value("NewerNoncurrentVersions", 0));
        if (!passed(when) || (!current && at <= kept)) continue;
        const std::string to = action.value("StorageClass", "");
        if (version.document.value("StorageClass", "STANDARD") == to) continue;
        version.document["StorageClass"] = to;
        store_.update(version);
      }
    }
  }

  void erase(std::size_t at) {
    store_.erase(versions_[at]);
    versions_.erase(versions_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  RequestContext& context_;
  const Bucket& bucket_;
  const Json& rules_;
  std::vector<Version> versions_;
  ObjectStore store_;
};

void abort_uploads(RequestContext& context, const Bucket& bucket, const Json& rules) {
  ObjectStore store = store_of(context);
  for (const auto& rule : rules) {
    if (rule.value("Status", "") != "Enabled" || !rule.contains("AbortIncompleteMultipartUpload")) continue;
    const auto days = rule["AbortIncompleteMultipartUpload"].value("DaysAfterInitiation", 0);
    const RuleFilter filter(rule);
    for (const auto& upload : store.uploads(bucket.name, filter.prefix)) {
      if (!upload.key.starts_with(filter.prefix)) break;
      if (due_midnight(upload.initiated, days) <= context.now) store.erase_upload(upload);
    }
  }
}

/// One piece of a bucket. How far it came is kept beside the rules: {"Day", "From"}, From absent when the day is done.
void run_bucket(RequestContext& context, const Bucket& bucket, const Json& rules) {
  ObjectStore store = store_of(context);
  const std::int64_t today = context.now / kDay;
  Json progress = store.config(bucket.name, "lifecycle-run").value_or(Json::object());
  const bool same_day = progress.value("Day", std::int64_t{-1}) == today;
  if (same_day && !progress.contains("From")) return;
  const std::string from = same_day ? progress["From"].get<std::string>() : "";
  if (from.empty()) abort_uploads(context, bucket, rules);
  std::vector<std::string> keys;
  std::size_t seen = 0;
  bool more = false;
  store.walk_versions(bucket.name, from, INT64_MAX, [&](const VersionRow& version) {
    const bool fresh = keys.empty() || keys.back() != version.key;
    if (fresh && seen >= kAtOnce) {
      more = true;
      keys.emplace_back(version.key);
      return false;
    }
    if (fresh) keys.emplace_back(version.key);
    ++seen;
    return true;
  });
  progress = {{"Day", today}};
  if (more) {
    progress["From"] = keys.back();
    keys.pop_back();
  }
  for (const auto& key : keys) KeyRun(context, bucket, rules, store.versions_of(bucket.name, key)).run();
  store.put_config(bucket.name, "lifecycle-run", "", progress);
}

}  // namespace

aws::Millis due_midnight(aws::Millis since, std::int64_t days) {
  return (since + days * kDay + kDay - 1) / kDay * kDay;
}

std::optional<std::string> expiration_header(RequestContext& context, const Bucket& bucket, const Version& version) {
  if (!version.latest || version.delete_marker) return std::nullopt;
  const auto config = store_of(context).config(bucket.name, "lifecycle");
  if (!config) return std::nullopt;
  std::optional<aws::Millis> soonest;
  std::string id;
  for (const auto& rule : config->at("Rules")) {
    if (rule.value("Status", "") != "Enabled" || !rule.contains("Expiration") || !RuleFilter(rule).fits(version))
      continue;
    const auto when = due(rule["Expiration"], version.modified);
    if (!when || (soonest && *soonest <= *when)) continue;
    soonest = when;
    id = rule.value("ID", "");
  }
  if (!soonest) return std::nullopt;
  return "expiry-date=\"" + aws::rfc822(*soonest) + "\", rule-id=\"" + http::percent_encode(id) + "\"";
}

void run_lifecycle(RequestContext& context) {
  ObjectStore store = store_of(context);
  for (const auto& name : store.buckets_with("lifecycle")) {
    const auto bucket = store.bucket(name);
    const auto config = store.config(name, "lifecycle");
    if (bucket && config) run_bucket(context, *bucket, config->at("Rules"));
  }
}

}  // namespace orrery::s3
