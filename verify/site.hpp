#pragma once
#include <functional>

#include "verify/api.hpp"
#include "verify/credentials.hpp"
#include "verify/engines.hpp"
#include "verify/report.hpp"

namespace orrery::verify {

/// One account and region that is looked at.
struct Site {
  const Api& api;
  const Engines& engines;
  const Authority& authority;
  Report& report;
  Credentials credentials = {};

  /// Adds what `look` finds; what it throws is a failure.
  void check(const Subject& subject, const std::function<Outcome()>& look);
};

// A service each. They throw when the service can't even say what there is.
void check_secrets(Site& site);  ///< first: it fills the credentials
void check_keys(Site& site);
void check_buckets(Site& site);
void check_locks(Site& site);
void check_databases(Site& site);
void check_caches(Site& site);
void check_clusters(Site& site);

}  // namespace orrery::verify
