#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "aws/clock.hpp"
#include "pipeline/records.hpp"
#include "registry/service.hpp"
#include "storage/store.hpp"

namespace orrery::pipeline {

/// What the pipeline works with; made once by the composition root, outlives every exchange.
struct Host {
  const Settings& settings;
  storage::Store& store;
  aws::Clock& clock;
  Peers& peers;
  std::span<const Service* const> services;
  RequestLog& requests;
  Coverage& coverage;
  std::size_t body_bytes = 10 * 1024 * 1024;  ///< the most a body may have that is not streamed
  /// Answers what is not AWS's (/_orrery/…, /health); nullopt: not mine. Runs on an I/O thread.
  std::function<std::optional<http::Response>(const http::Request&)> admin;
  /// Each answered call. Any thread.
  std::function<void(const Record&)> answered;
  /// What went wrong inside, for the log and never for the client.
  std::function<void(std::string_view request_id, std::string_view what)> failed;

  const Service* service(std::string_view name) const;
  static const OperationRow* row(const Service& service, std::string_view operation);
};

}  // namespace orrery::pipeline
