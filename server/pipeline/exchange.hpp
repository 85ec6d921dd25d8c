#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/body.hpp"
#include "pipeline/resolve.hpp"

namespace orrery::pipeline {

/// One request on its way through the list in exchange.cpp. The session drives it, in this order: open() with the
/// head, write() for each piece of the body, run() after the last, commit() if it says so, then response(). Owned by
/// shared_ptr, since the writer thread holds it while the session waits.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(const Host& host, http::Request head);

  enum class Body { wanted, refused };
  /// Decides where the body goes. Refused: response() has the answer, and the rest of the request is not to be read.
  Body open();
  /// False: as refused.
  bool write(http::Bytes bytes);

  enum class Progress { done, writes };
  /// After the body. Reads (and refusals) are done on return; what writes goes on with commit().
  Progress run(const http::Headers& trailers);
  /// Queues the handler for the writer; `resume` is called on the writer's thread after the commit.
  void commit(std::function<void()> resume);

  /// Once, after the end.
  http::Response response();
  const http::Request& request() const { return request_; }

 private:
  template <typename Step>
  bool attempt(Step step);

  void route();
  void route_stream();
  void admit_stream();
  void check_signature(const http::Request& request);
  void take_body(const http::Headers& trailers);
  void find_operation();
  void read_input();
  RequestContext context_of(storage::Transaction& tx) const;
  void dispatch(storage::Transaction& tx);
  void fail(std::exception_ptr error);
  api::ServiceView form() const;
  void record(const http::Response& response);

  const Host& host_;
  http::Request request_;
  std::string request_id_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();

  std::optional<identity::Authorization> authorization_;
  identity::Caller caller_;
  Asked asked_;
  bool signature_checked_ = false;
  const Service* service_ = nullptr;
  std::optional<api::OperationView> operation_;
  const OperationRow* row_ = nullptr;

  std::unique_ptr<http::BodySink> sink_;
  std::unique_ptr<pipeline::Body> stream_;  ///< set when the body goes to the sink

  Json input_;
  Json output_;
  std::unique_ptr<http::BodySource> source_;
  http::Headers response_headers_;
  int response_status_ = 0;
  std::optional<http::Response> answer_;
  std::string operation_name_, error_code_;
};

}  // namespace orrery::pipeline
