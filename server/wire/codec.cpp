#include "wire/codec.hpp"

#include "wire/cbor.hpp"
#include "wire/errors.hpp"
#include "wire/form.hpp"
#include "wire/json_text.hpp"
#include "wire/rest.hpp"
#include "wire/route.hpp"
#include "wire/scalars.hpp"
#include "wire/xml.hpp"

namespace orrery::wire {

namespace {

using api::OperationView;
using api::Protocol;
using api::ServiceView;

/// The last part of a text after `separator`.
std::string_view last_part(std::string_view text, char separator) {
  const auto at = text.rfind(separator);
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

/// The operation's name where the protocol says it; "" in the REST protocols.
std::string named_operation(const ServiceView& service, const http::Request& request) {
  switch (protocol_of(service, request)) {
    case Protocol::rpc_cbor:
      return std::string(last_part(request.path, '/'));
    case Protocol::json:
      return std::string(last_part(request.headers.get("X-Amz-Target"), '.'));
    case Protocol::query:
    case Protocol::ec2:
      return form_parameter(request, "Action");
    default:
      return "";
  }
}

bool is_rest(const ServiceView& service, const http::Request& request) {
  const auto protocol = protocol_of(service, request);
  return protocol == Protocol::rest_json || protocol == Protocol::rest_xml;
}

AwsError malformed(Protocol protocol, const Malformed& error) {
  switch (protocol) {
    case Protocol::query:
      return {"MalformedInput", 400, error.message};
    case Protocol::ec2:
      return {"InvalidParameterValue", 400, error.message};
    case Protocol::rest_xml:
      if (error.kind == Malformed::Kind::value) return {"InvalidArgument", 400, error.message};
      return {"MalformedXML", 400,
              "The XML you provided was not well-formed or did not validate against our published schema"};
    default:
      return {"SerializationException", 400, error.message};
  }
}

Json read_document(const OperationView& operation, const http::Request& request, Protocol protocol) {
  const auto input = operation.input();
  if (!input || request.body.empty()) return Json::object();
  if (protocol != Protocol::rpc_cbor) return read_json(*input, request.body);
  return structure_from_document(*input, parse_cbor(request.body), Blobs::raw);
}

Json read_by(const OperationView& operation, const http::Request& request, Protocol protocol) {
  const auto input = operation.input();
  switch (protocol) {
    case Protocol::query:
    case Protocol::ec2:
      return input ? read_form(*input, request) : Json::object();
    case Protocol::rest_json:
      return read_rest(operation, request, Body::json);
    case Protocol::rest_xml:
      return read_rest(operation, request, Body::xml);
    default:
      return read_document(operation, request, protocol);
  }
}

http::Response write_query(const OperationView& operation, const Json& output, const std::string& request_id) {
  http::Response response;
  const std::string name(operation.name());
  auto& out = response.body;
  append_root(out, name + "Response", operation.service().xmlns());
  if (const auto shape = operation.output()) {
    const std::string result =
        operation.result_wrapper().empty() ? name + "Result" : std::string(operation.result_wrapper());
    append_root(out, result, "");
    append_xml_members(out, *shape, output);
    out += "</" + result + '>';
  }
  out += "<ResponseMetadata>";
  append_element(out, "RequestId", request_id);
  out += "</ResponseMetadata></" + name + "Response>";
  response.headers.add("Content-Type", "text/xml");
  return response;
}

http::Response write_ec2(const OperationView& operation, const Json& output, const std::string& request_id) {
  http::Response response;
  const std::string name(operation.name());
  const auto service = operation.service();
  auto& out = response.body;
  out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  append_root(out, name + "Response",
              service.xmlns().empty() ? "http://ec2.amazonaws.com/doc/" + std::string(service.api_version()) + "/"
                                      : std::string(service.xmlns()) + (service.xmlns().ends_with('/') ? "" : "/"));
  append_element(out, "requestId", request_id);
  if (const auto shape = operation.output()) append_xml_members(out, *shape, output);
  out += "</" + name + "Response>";
  response.headers.add("Content-Type", "text/xml;charset=UTF-8");
  return response;
}

std::string json_type(const ServiceView& service) {
  return "application/x-amz-json-" + std::string(service.json_version());
}

http::Response write_json(const OperationView& operation, const Json& output) {
  http::Response response;
  response.status = operation.status();
  if (const auto shape = operation.output()) append_json_members(response.body, *shape, output);
  response.headers.add("Content-Type", json_type(operation.service()));
  return response;
}

http::Response write_cbor(const OperationView& operation, const Json& output) {
  http::Response response;
  response.headers.add("Smithy-Protocol", "rpc-v2-cbor");
  if (const auto shape = operation.output()) {
    append_cbor_members(response.body, *shape, output);
    response.headers.add("Content-Type", "application/cbor");
  }
  return response;
}

http::Response write_by(const OperationView& operation, Protocol protocol, const Json& output,
                        const std::string& request_id) {
  switch (protocol) {
    case Protocol::query:
      return write_query(operation, output, request_id);
    case Protocol::ec2:
      return write_ec2(operation, output, request_id);
    case Protocol::json:
      return write_json(operation, output);
    case Protocol::rpc_cbor:
      return write_cbor(operation, output);
    case Protocol::rest_json:
      return write_rest(operation, output, Body::json);
    default:
      return write_rest(operation, output, Body::xml);
  }
}

void add_request_id(http::Response& response, Protocol protocol, const std::string& request_id) {
  if (protocol == Protocol::rest_xml) {
    response.headers.add("x-amz-request-id", request_id);
    response.headers.add("x-amz-id-2", request_id);
  } else {
    response.headers.add("x-amzn-RequestId", request_id);
  }
}

}  // namespace

Protocol protocol_of(const ServiceView& service, const http::Request& request) {
  if (request.headers.get("Smithy-Protocol") == "rpc-v2-cbor") return Protocol::rpc_cbor;
  return service.protocol();
}

std::optional<OperationView> match(const ServiceView& service, const http::Request& request) {
  if (is_rest(service, request)) return match_route(service, request);
  return service.operation(named_operation(service, request));
}

std::string asked_operation(const ServiceView& service, const http::Request& request) {
  if (is_rest(service, request)) {
    const auto operation = match_route(service, request);
    return operation ? std::string(operation->name()) : request.method + ' ' + request.path;
  }
  return named_operation(service, request);
}

Json read(const OperationView& operation, const http::Request& request) {
  const auto protocol = protocol_of(operation.service(), request);
  try {
    return read_by(operation, request, protocol);
  } catch (const Malformed& error) {
    throw malformed(protocol, error);
  }
}

http::Response write(const OperationView& operation, const http::Request& request, const Json& output,
                     const std::string& request_id) {
  static const Json empty = Json::object();
  const Json& value = output.is_null() ? empty : output;
  if (!value.is_object() || (!operation.output() && !value.empty())) {
    throw std::logic_error(std::string(operation.name()) + " has no such output");
  }
  const auto protocol = protocol_of(operation.service(), request);
  auto response = write_by(operation, protocol, value, request_id);
  add_request_id(response, protocol, request_id);
  return response;
}

http::Response write_error(const ServiceView& service, const http::Request& request, const AwsError& error,
                           const std::string& request_id) {
  http::Response response;
  const auto protocol = protocol_of(service, request);
  switch (protocol) {
    case Protocol::query:
      write_query_error(response, service, error, request_id);
      break;
    case Protocol::ec2:
      write_ec2_error(response, service, error, request_id);
      break;
    case Protocol::rest_xml:
      // An answer to HEAD has no body; the client has the status alone.
      if (request.method != "HEAD") write_xml_error(response, service, request, error, request_id);
      break;
    case Protocol::rpc_cbor:
      write_cbor_error(response, service, error);
      response.headers.add("Smithy-Protocol", "rpc-v2-cbor");
      response.headers.add("Content-Type", "application/cbor");
      break;
    default:
      write_json_error(response, service, error);
      response.headers.add("Content-Type", protocol == Protocol::rest_json ? "application/json" : json_type(service));
  }
  response.status = error.status();
  add_request_id(response, protocol, request_id);
  return response;
}

}  // namespace orrery::wire
