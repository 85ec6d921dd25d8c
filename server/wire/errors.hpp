#pragma once
#include <string>

#include "api/api.hpp"
#include "http/message.hpp"
#include "registry/error.hpp"

// The bodies of errors, a function a protocol. Members of the error's shape are written by the table; others, which S3
// has many of, as text.
namespace orrery::wire {

void write_query_error(http::Response& response, const api::ServiceView& service, const AwsError& error,
                       const std::string& request_id);
void write_ec2_error(http::Response& response, const api::ServiceView& service, const AwsError& error,
                     const std::string& request_id);
void write_xml_error(http::Response& response, const api::ServiceView& service, const http::Request& request,
                     const AwsError& error, const std::string& request_id);
/// `__type` in the body (json), or the x-amzn-errortype header (rest-json).
void write_json_error(http::Response& response, const api::ServiceView& service, const AwsError& error);
void write_cbor_error(http::Response& response, const api::ServiceView& service, const AwsError& error);

}  // namespace orrery::wire
