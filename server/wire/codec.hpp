#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/api.hpp"
#include "aws/json.hpp"
#include "http/message.hpp"
#include "registry/error.hpp"
#include "registry/service.hpp"

// HTTP messages to values and back, by the API tables alone: nothing here knows a service. The protocol is chosen a
// request: RPC v2 CBOR where the Smithy-Protocol header says so, else the service's own.
namespace orrery::wire {

/// The protocol that `request` speaks.
api::Protocol protocol_of(const api::ServiceView& service, const http::Request& request);

/// The operation that is asked for, or nullopt when the table has none for it.
std::optional<api::OperationView> match(const api::ServiceView& service, const http::Request& request);

/// What was asked for, for error messages and logs when match() finds nothing: a name, or "GET /path".
std::string asked_operation(const api::ServiceView& service, const http::Request& request);

/// The input as a value in the table's member names (see aws/json.hpp). A streaming payload is not part of it.
/// Throws AwsError (SerializationException, MalformedXML, MalformedInput, …) on what the protocol cannot hold.
Json read(const api::OperationView& operation, const http::Request& request);

/// What breaks the table's constraints: required members, enums, lengths, ranges, patterns. At most 20.
std::vector<Violation> validate(const api::OperationView& operation, const Json& input);

/// The violations (at least one) in the words that services of this protocol usually have.
AwsError validation_error(const api::ServiceView& service, std::span<const Violation> violations);

/// A successful answer. Throws std::logic_error when `output` has a member that the table does not know, or a value
/// of the wrong type. A streaming payload is left to the caller.
http::Response write(const api::OperationView& operation, const http::Request& request, const Json& output,
                     const std::string& request_id);

http::Response write_error(const api::ServiceView& service, const http::Request& request, const AwsError& error,
                           const std::string& request_id);

}  // namespace orrery::wire
