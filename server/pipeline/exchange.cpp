#include "pipeline/exchange.hpp"

#include <cerrno>
#include <system_error>

#include "aws/ids.hpp"
#include "identity/errors.hpp"
#include "pipeline/errors.hpp"
#include "wire/codec.hpp"

namespace orrery::pipeline {

// The list that a request passes. open(), with the head:
//   1. what is not AWS's (/_orrery, /health): before all else, so that it works whatever a client signs
//   2. who signed, and for which service: both stand in the credential scope
//   3. where the body goes, which for S3 must be known before it is read; the signature of such a request is checked
//      here, before a byte of it is written anywhere
// run(), with the body:
//   4. the signature, over the bytes as they came
//   5. aws-chunked and gzip are undone; a virtual host becomes a path
//   6. the operation, its input, and the constraints of the table
//   7. the handler in its transaction, on this thread for reads, on the writer's for writes
// response():
//   8. the answer in the protocol's form, and the record of it

Exchange::Exchange(const Host& host, http::Request head)
    : host_(host), request_(std::move(head)), request_id_(aws::uuid()) {}

/// Runs one step; what it throws becomes the answer.
template <typename Step>
bool Exchange::attempt(Step step) {
  try {
    step();
    return true;
  } catch (...) {
    fail(std::current_exception());
    return false;
  }
}

Exchange::Body Exchange::open() {
  const bool wanted = attempt([this] { route(); });
  return wanted ? Body::wanted : Body::refused;
}

void Exchange::route() {
  if (host_.admin && (answer_ = host_.admin(request_))) return;
  // Browsers sign no preflight; where its URL is a presigned one, the signature is the request's that follows.
  if (request_.method != "OPTIONS") authorization_ = identity::parse_authorization(request_);
  asked_ = service_asked(request_, authorization_);
  caller_ = identify(host_, authorization_);
  if (!asked_.service) throw service_not_built(asked_.unknown);
  if (!asked_.undecided) service_ = host_.service(asked_.service->name());
  if (service_ != nullptr && service_->open_body != nullptr) route_stream();
  if (!stream_ && pipeline::Body::declared(request_) > host_.body_bytes) throw body_too_large(host_.body_bytes);
}

void Exchange::route_stream() {
  http::Request routed = request_;
  if (service_->virtual_host != nullptr) service_->virtual_host(routed);
  operation_ = wire::match(*asked_.service, routed);
  row_ = operation_ ? Host::row(*service_, operation_->name()) : nullptr;
  if (row_ == nullptr || !operation_->streaming_input()) {
    operation_.reset();  // is found again with its body
    return;
  }
  check_signature(request_);
  request_ = std::move(routed);
  sink_ = service_->open_body(operation_->name(), request_, host_.settings);
  stream_ = std::make_unique<pipeline::Body>(request_, sink_.get(), host_.body_bytes);
  if (caller_.credential && request_.headers.get("x-amz-content-sha256").starts_with("STREAMING-AWS4-HMAC-SHA256")) {
    stream_->verify_chunks(std::make_unique<identity::ChunkVerifier>(*authorization_, caller_.credential->secret));
  }
  if (service_->admit != nullptr && http::iequals(request_.headers.get("expect"), "100-continue")) admit_stream();
}

void Exchange::admit_stream() {
  operation_name_ = operation_->name();
  read_input();
  try {
    host_.store.read([this](storage::Transaction& tx) {
      RequestContext context = context_of(tx);
      if (service_->seed != nullptr) ensure_seeded(context, service_->name, service_->seed);
      ReadLog log;
      try {
        service_->admit(context, Input(input_, log));
      } catch (...) {
        response_headers_ = std::move(context.response_headers);
        throw;
      }
    });
  } catch (const NeedsSeed&) {
    // The first call of an account in a region: its handler decides.
  }
}

void Exchange::check_signature(const http::Request& request) {
  if (std::exchange(signature_checked_, true) || !caller_.credential) return;
  identity::verify(*authorization_, request, caller_.credential->secret, host_.clock.now());
}

bool Exchange::write(http::Bytes bytes) {
  return attempt([&] {
    if (stream_) {
      stream_->write(bytes);
      return;
    }
    if (request_.body.size() + bytes.size() > host_.body_bytes) throw body_too_large(host_.body_bytes);
    request_.body.append(bytes.data(), bytes.size());
  });
}

Exchange::Progress Exchange::run(const http::Headers& trailers) {
  if (answer_) return Progress::done;
  const bool ready = attempt([&] {
    take_body(trailers);
    find_operation();
    read_input();
  });
  if (!ready) return Progress::done;
  if (access_of(*row_) == Access::read) {
    try {
      host_.store.read([this](storage::Transaction& tx) { dispatch(tx); });
      return Progress::done;
    } catch (const NeedsSeed&) {
      // The first call of an account in a region brings its default VPC and the like: it runs as a write.
    } catch (...) {
      fail(std::current_exception());
      return Progress::done;
    }
  }
  return Progress::writes;
}

void Exchange::take_body(const http::Headers& trailers) {
  if (stream_) {
    stream_->finish(trailers);
    return;
  }
  check_signature(request_);
  if (pipeline::Body::is_encoded(request_)) {
    pipeline::Body decoder(request_, nullptr, host_.body_bytes);
    const std::string raw = std::move(request_.body);
    decoder.write(raw);
    request_.body = decoder.finish(trailers);
  }
  if (asked_.undecided) {
    asked_.service = service_of_form(request_);
    service_ = host_.service(asked_.service->name());
  }
  if (service_ != nullptr && service_->virtual_host != nullptr) service_->virtual_host(request_);
}

void Exchange::find_operation() {
  if (!operation_) operation_ = wire::match(*asked_.service, request_);
  if (!operation_) {
    operation_name_ = wire::asked_operation(*asked_.service, request_);
    throw unknown_operation(*asked_.service, operation_name_);
  }
  operation_name_ = operation_->name();
  row_ = service_ == nullptr ? nullptr : Host::row(*service_, operation_->name());
  if (row_ == nullptr) throw not_built(asked_.service->name(), operation_name_);
}

void Exchange::read_input() {
  input_ = wire::read(*operation_, request_);
  const auto violations = wire::validate(*operation_, input_);
  if (violations.empty()) return;
  throw service_->validation_error != nullptr ? service_->validation_error(violations)
                                              : wire::validation_error(*asked_.service, violations);
}

RequestContext Exchange::context_of(storage::Transaction& tx) const {
  return {.account = caller_.account,
          .region = caller_.region,
          .service = service_->name,
          .operation = row_->name,
          .request_id = request_id_,
          .principal = caller_.principal,
          .now = host_.clock.now(),
          .settings = host_.settings,
          .peers = host_.peers,
          .tx = tx,
          .request = request_,
          .body = sink_.get()};
}

void Exchange::dispatch(storage::Transaction& tx) {
  RequestContext context = context_of(tx);
  if (service_->seed != nullptr) ensure_seeded(context, service_->name, service_->seed);
  ReadLog log;
  try {
    output_ = row_->handler(context, Input(input_, log));
  } catch (...) {
    // An error may have headers too: S3 names the delete marker that hides an object.
    response_headers_ = std::move(context.response_headers);
    throw;
  }
  source_ = std::move(context.body_source);
  response_headers_ = std::move(context.response_headers);
  response_status_ = context.response_status;
  host_.coverage.add(service_->name, row_->name, log.unread(input_));
}

void Exchange::commit(std::function<void()> resume) {
  auto self = shared_from_this();
  host_.store.write([self](storage::Transaction& tx) { self->dispatch(tx); },
                    [self, resume = std::move(resume)](std::exception_ptr error) {
                      if (error) self->fail(error);
                      resume();
                    });
}

api::ServiceView Exchange::form() const { return asked_.service ? *asked_.service : nearest_form(request_); }

namespace {

Failure failure_of(const std::exception& error) {
  constexpr int kSqliteFull = 13;
  const auto* stored = dynamic_cast<const storage::StorageError*>(&error);
  const auto* system = dynamic_cast<const std::system_error*>(&error);
  const bool full =
      (stored != nullptr && (stored->code() & 0xFF) == kSqliteFull) ||
      (system != nullptr && (system->code() == std::errc::no_space_on_device || system->code().value() == EDQUOT));
  return full ? Failure::disk_full : Failure::unknown;
}

}  // namespace

void Exchange::fail(std::exception_ptr error) {
  source_.reset();
  Failure failure = Failure::unknown;
  try {
    std::rethrow_exception(error);
  } catch (const AwsError& refused) {
    error_code_ = refused.code();
    answer_ = wire::write_error(form(), request_, refused, request_id_);
    for (const auto& [name, value] : response_headers_) answer_->headers.set(name, value);
    return;
  } catch (const http::DecodeError& malformed) {
    const AwsError refused("IncompleteBody", 400, malformed.what());
    error_code_ = refused.code();
    answer_ = wire::write_error(form(), request_, refused, request_id_);
    return;
  } catch (const std::exception& unexpected) {
    failure = failure_of(unexpected);
    if (host_.failed) host_.failed(request_id_, unexpected.what());
  } catch (...) {
    if (host_.failed) host_.failed(request_id_, "something that is no exception");
  }
  const AwsError refused = internal_failure(form(), failure);
  error_code_ = refused.code();
  answer_ = wire::write_error(form(), request_, refused, request_id_);
}

http::Response Exchange::response() {
  const bool admin = answer_ && !asked_.service && error_code_.empty();
  if (!answer_) {
    attempt([this] {
      http::Response written = wire::write(*operation_, request_, output_, request_id_);
      if (response_status_ != 0) written.status = response_status_;
      for (const auto& [name, value] : response_headers_) written.headers.set(name, value);
      if (source_) written.source = std::move(source_);
      answer_ = std::move(written);
    });
  }
  if (!admin) record(*answer_);
  return std::move(*answer_);
}

void Exchange::record(const http::Response& response) {
  Record record;
  record.time = host_.clock.now();
  record.request_id = request_id_;
  record.account = caller_.account;
  record.region = caller_.region;
  record.service = asked_.service ? std::string(asked_.service->name()) : asked_.unknown;
  record.operation = operation_name_;
  record.method = request_.method;
  record.path = request_.path;
  record.error_code = error_code_;
  record.status = response.status;
  record.micros =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started_).count();
  if (host_.answered) host_.answered(record);
  host_.requests.add(std::move(record));
}

}  // namespace orrery::pipeline
