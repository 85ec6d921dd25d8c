#include "wire/errors.hpp"

#include "wire/cbor.hpp"
#include "wire/json_text.hpp"
#include "wire/rest.hpp"
#include "wire/scalars.hpp"
#include "wire/xml.hpp"

namespace orrery::wire {

namespace {

using api::ErrorView;
using api::ReferenceView;
using api::ServiceView;

std::string_view fault(const AwsError& error) { return error.server_fault() ? "Receiver" : "Sender"; }

/// The error's members by its shape, less those that its shape does not have.
template <typename Known, typename Unknown>
void each_error_member(const std::optional<ErrorView>& modelled, const AwsError& error, Known known, Unknown unknown) {
  for (const auto& [name, value] : error.members().items()) {
    if (value.is_null()) continue;
    const auto member = modelled ? modelled->shape().find_member(name) : std::nullopt;
    if (!member) {
      unknown(name, value);
    } else if (in_body(*member)) {
      known(*member, value);
    }
  }
}

void append_xml_error_members(std::string& out, const ServiceView& service, const AwsError& error) {
  each_error_member(
      service.error(error.code()), error,
      [&](const ReferenceView& member, const Json& value) { append_xml(out, member, member.wire_name(), value); },
      [&](const std::string& name, const Json& value) {
        append_element(out, name, value.is_string() ? value.get<std::string>() : value.dump());
      });
}

/// The namespace of what Coral, the framework, refuses by itself.
std::string_view coral_namespace(std::string_view code) {
  static constexpr std::pair<std::string_view, std::string_view> kNamespaces[] = {
      {"ValidationException", "validate"},        {"ThrottlingException", "availability"},
      {"SerializationException", "service"},      {"AccessDeniedException", "service"},
      {"UnknownOperationException", "service"},   {"MissingAuthenticationTokenException", "service"},
      {"UnrecognizedClientException", "service"}, {"IncompleteSignatureException", "service"},
      {"InvalidSignatureException", "service"}};
  for (const auto& [known, name] : kNamespaces) {
    if (known == code) return name;
  }
  return "";
}

/// Old services of Coral's, whose target prefix ends in a date ("DynamoDB_20120810"), send the shape's whole name:
/// "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" (as DynamoDB's error responses in its developer guide).
std::string error_type(const ServiceView& service, const std::optional<ErrorView>& modelled, const std::string& code) {
  constexpr std::size_t kDate = 8;
  const std::string_view prefix = service.target_prefix();
  const auto begin = prefix.rfind('_') + 1;
  const std::string_view date = prefix.substr(std::min(begin, prefix.size()));
  if (begin == 0 || date.size() != kDate || date.find_first_not_of("0123456789") != std::string_view::npos) return code;
  if (const auto name = coral_namespace(code); !name.empty())
    return "com.amazon.coral." + std::string(name) + "#" + code;
  if (!modelled) return code;
  return "com.amazonaws." + std::string(service.signing_name()) + ".v" + std::string(date) + "#" + code;
}

/// Most services call it "message", some "Message": the model says which, and Coral has its own way.
std::string_view message_name(const std::optional<ErrorView>& modelled, const std::string& type) {
  if (type.starts_with("com.amazon.coral.service#") &&
      (type.ends_with("#SerializationException") || type.ends_with("#AccessDeniedException")))
    return "Message";
  if (modelled && !modelled->shape().find_member("message") && modelled->shape().find_member("Message")) {
    return "Message";
  }
  return "message";
}

void write_header_members(http::Response& response, const ServiceView& service, const AwsError& error) {
  const auto modelled = service.error(error.code());
  if (!modelled) return;
  Json members = Json::object();
  for (const auto& [name, value] : error.members().items()) {
    if (modelled->shape().find_member(name)) members[name] = value;
  }
  write_bindings(response, modelled->shape(), members);
}

}  // namespace

void write_query_error(http::Response& response, const ServiceView& service, const AwsError& error,
                       const std::string& request_id) {
  auto& out = response.body;
  append_root(out, "ErrorResponse", service.xmlns());
  out += "<Error>";
  append_element(out, "Type", fault(error));
  append_element(out, "Code", error.code());
  append_element(out, "Message", error.message());
  append_xml_error_members(out, service, error);
  out += "</Error>";
  append_element(out, "RequestId", request_id);
  out += "</ErrorResponse>";
  response.headers.set("Content-Type", "text/xml");
}

void write_ec2_error(http::Response& response, const ServiceView& service, const AwsError& error,
                     const std::string& request_id) {
  auto& out = response.body;
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error>";
  append_element(out, "Code", error.code());
  append_element(out, "Message", error.message());
  append_xml_error_members(out, service, error);
  out += "</Error></Errors>";
  append_element(out, "RequestID", request_id);
  out += "</Response>";
  response.headers.set("Content-Type", "text/xml;charset=UTF-8");
}

void write_xml_error(http::Response& response, const ServiceView& service, const http::Request& request,
                     const AwsError& error, const std::string& request_id) {
  write_header_members(response, service, error);
  auto& out = response.body;
  out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  const bool bare = service.bare_error();
  if (!bare) append_root(out, "ErrorResponse", service.xmlns());
  out += "<Error>";
  if (!bare) append_element(out, "Type", fault(error));
  append_element(out, "Code", error.code());
  append_element(out, "Message", error.message());
  append_xml_error_members(out, service, error);
  if (bare) {
    if (!error.members().contains("Resource")) append_element(out, "Resource", request.path);
    append_element(out, "RequestId", request_id);
    append_element(out, "HostId", request_id);
  }
  out += "</Error>";
  if (!bare) {
    append_element(out, "RequestId", request_id);
    out += "</ErrorResponse>";
  }
  response.headers.set("Content-Type", "application/xml");
}

void write_json_error(http::Response& response, const ServiceView& service, const AwsError& error) {
  const auto modelled = service.error(error.code());
  const std::string type = error_type(service, modelled, error.code());
  auto& out = response.body;
  if (service.protocol() == api::Protocol::rest_json) {
    response.headers.set("x-amzn-errortype", error.code());
    write_header_members(response, service, error);
    out += '{';
  } else {
    out += "{\"__type\":";
    append_json_string(out, type);
    out += ',';
  }
  append_json_string(out, message_name(modelled, type));
  out += ':';
  append_json_string(out, error.message());
  each_error_member(
      modelled, error,
      [&](const ReferenceView& member, const Json& value) {
        out += ',';
        append_json_string(out, member.wire_name());
        out += ':';
        append_json(out, member, value);
      },
      [&](const std::string& name, const Json& value) {
        out += ',';
        append_json_string(out, name);
        out += ':' + value.dump(-1, ' ', false, Json::error_handler_t::replace);
      });
  out += '}';
}

void write_cbor_error(http::Response& response, const ServiceView& service, const AwsError& error) {
  const auto modelled = service.error(error.code());
  std::string members;
  std::size_t count = 2;
  each_error_member(
      modelled, error,
      [&](const ReferenceView& member, const Json& value) {
        append_cbor_text(members, member.name());
        append_cbor(members, member, value);
        ++count;
      },
      [&](const std::string& name, const Json& value) {
        append_cbor_text(members, name);
        append_cbor_text(members, value.is_string() ? value.get<std::string>() : value.dump());
        ++count;
      });
  auto& out = response.body;
  append_cbor_map_head(out, count);
  append_cbor_text(out, "__type");
  const std::string type = error_type(service, modelled, error.code());
  append_cbor_text(out, type);
  append_cbor_text(out, message_name(modelled, type));
  append_cbor_text(out, error.message());
  out += members;
}

}  // namespace orrery::wire
