#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aws/clock.hpp"
#include "http/message.hpp"
#include "identity/principal.hpp"
#include "registry/peers.hpp"
#include "registry/settings.hpp"
#include "storage/resources.hpp"

namespace orrery {

/// Everything a handler may know of its request. One a request, on one thread at a time; no handler sees HTTP except
/// through `request`, which is for S3 (headers that no table describes) and the access log.
struct RequestContext {
  std::string account;         ///< 12 digits
  std::string region;          ///< "us-east-1"
  std::string_view service;    ///< "ec2"
  std::string_view operation;  ///< "CreateVpc"
  std::string request_id;
  identity::Principal principal;
  aws::Millis now = 0;  ///< the request's time, from the injected clock
  const Settings& settings;
  Peers& peers;
  storage::Transaction& tx;
  const http::Request& request;
  http::BodySink* body = nullptr;                           ///< set for operations with a streaming input
  std::unique_ptr<http::BodySource> body_source = nullptr;  ///< set by a handler whose output payload is a stream
  http::Headers response_headers = {};                      ///< additional ones
  int response_status = 0;                                  ///< 0: the operation's own

  /// Resources of this request's service in this account and region.
  storage::ResourceTable resources() { return {tx, account, region, std::string(service)}; }
  /// Of any service and region (kGlobal for IAM).
  storage::ResourceTable resources(std::string_view of_service, std::string_view in_region) {
    return {tx, account, std::string(in_region), std::string(of_service)};
  }
  double timestamp() const { return aws::seconds(now); }
  std::string arn(std::string_view resource) const;  ///< of this service, account and region
};

/// The context looks at another region while this lives.
class InRegion {
 public:
  InRegion(RequestContext& context, std::string region)
      : context_(context), before_(std::exchange(context.region, std::move(region))) {}
  ~InRegion() { context_.region.swap(before_); }
  InRegion(const InRegion&) = delete;
  InRegion& operator=(const InRegion&) = delete;

 private:
  RequestContext& context_;
  std::string before_;
};

/// Runs `service`'s seed once for this account and region; does nothing when it was done. Peers call it first.
/// In a read transaction on an unseeded scope it throws NeedsSeed, and the dispatcher seeds and tries again.
void ensure_seeded(RequestContext& context, std::string_view service, void (*seed)(RequestContext&));

struct NeedsSeed {
  std::string_view service;
  std::string region;
  void (*seed)(RequestContext&);
};

struct SeedTable {
  static const storage::Migrations migrations;
};

}  // namespace orrery
