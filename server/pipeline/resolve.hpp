#pragma once
#include <optional>
#include <string>

#include "api/api.hpp"
#include "http/message.hpp"
#include "identity/caller.hpp"
#include "pipeline/host.hpp"

namespace orrery::pipeline {

/// Which service a request is for.
struct Asked {
  std::optional<api::ServiceView> service;
  std::string unknown;     ///< the signing name of a service that we have no table of
  bool undecided = false;  ///< nothing in the head says; an Action in a form body still may, else it is S3
};

/// In this order: signing name in the credential scope (X-Amz-Target among APIs of one name), X-Amz-Target, CBOR path,
/// Host, Action in the query, else S3. The scope is first because SDKs sign with it whatever endpoint they were pointed
/// at.
Asked service_asked(const http::Request& head, const std::optional<identity::Authorization>& authorization);

/// The service that has the Action of a form body; S3 where there is none.
api::ServiceView service_of_form(const http::Request& request);

/// The API whose error form a client understands that asked for no service we know.
api::ServiceView nearest_form(const http::Request& request);

/// Who asks. Throws AwsError for a credential of ours that is expired, inactive, or came with another session token.
identity::Caller identify(const Host& host, const std::optional<identity::Authorization>& authorization);

}  // namespace orrery::pipeline
