#include "wire/rest.hpp"

#include "aws/ids.hpp"
#include "wire/json_text.hpp"
#include "wire/route.hpp"
#include "wire/scalars.hpp"
#include "wire/xml.hpp"

namespace orrery::wire {

namespace {

using api::Location;
using api::OperationView;
using api::ReferenceView;
using api::ShapeView;
using api::TimeFormat;
using api::Type;

/// The items of a comma-separated header. Quoted ones may hold commas; a date of RFC 822 holds one itself.
std::vector<std::string> header_items(std::string_view text, bool dates) {
  std::vector<std::string> out;
  std::string item;
  bool quoted = false, was_quoted = false, seen_comma = false;
  const auto flush = [&] {
    if (!was_quoted) {
      while (!item.empty() && item.back() == ' ') item.pop_back();
      item.erase(0, item.find_first_not_of(' '));
    }
    out.push_back(std::move(item));
    item.clear();
    was_quoted = seen_comma = false;
  };
  for (std::size_t n = 0; n < text.size(); ++n) {
    const char c = text[n];
    if (quoted && c == '\\' && n + 1 < text.size()) {
      item += text[++n];
    } else if (c == '"' && (quoted || item.find_first_not_of(' ') == std::string::npos)) {
      if (!quoted) item.clear();
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted) {
      if (dates && !seen_comma) {
        seen_comma = true;
        item += c;
      } else {
        flush();
      }
    } else if (!was_quoted || quoted) {
      item += c;
    }
  }
  flush();
  return out;
}

Json header_value(const ReferenceView& member, std::string_view text) {
  if (member.type() == Type::list) {
    const auto element = member.shape().element();
    const bool dates = element.type() == Type::timestamp && element.time_format() != TimeFormat::iso8601 &&
                       element.time_format() != TimeFormat::unix_seconds;
    Json out = Json::array();
    for (const auto& item : header_items(text, dates)) out.push_back(scalar_from_text(element, item));
    return out;
  }
  if (member.json_value()) {
    std::string decoded;
    if (!aws::base64_decode(std::string(text), decoded)) {
      throw Malformed{Malformed::Kind::value, "Invalid header " + std::string(member.wire_name())};
    }
    return parse_json(decoded);
  }
  return scalar_from_text(member, text);
}

Json prefixed_headers(const ReferenceView& member, const http::Headers& headers) {
  const auto prefix = member.wire_name();
  Json out = Json::object();
  for (const auto& [name, bytes] : headers) {
    if (name.size() < prefix.size() || !http::iequals(std::string_view(name).substr(0, prefix.size()), prefix)) {
      continue;
    }
    // Header values are ISO-8859-1 on the wire, as S3 reads them ("Working with object metadata").
    const std::string value = from_latin1(bytes);
    std::string key = name.substr(prefix.size());
    for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    // A header that came twice is one with two values (RFC 9110, 5.3).
    if (out.contains(key)) {
      out[key] = out[key].get<std::string>() + "," + value;
    } else {
      out[key] = value;
    }
  }
  return out;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// All of them, those with a member of their own too (Smithy, httpQueryParams).
Json parameter_map(const ReferenceView& member, const Parameters& parameters) {
  Json out = Json::object();
  const auto content = member.shape().value();
  for (const auto& [name, value] : parameters) {
    if (content.type() == Type::list) {
      auto& list = out[name];
      if (!list.is_array()) list = Json::array();
      list.push_back(scalar_from_text(content.shape().element(), value));
    } else if (!out.contains(name)) {
      out[name] = scalar_from_text(content, value);
    }
  }
  return out;
}

void read_parameter(const ReferenceView& member, const Parameters& parameters, Json& out) {
  const std::string name(member.name());
  if (member.type() == Type::map) {
    auto map = parameter_map(member, parameters);
    if (!map.empty()) out[name] = std::move(map);
    return;
  }
  for (const auto& [key, value] : parameters) {
    if (key != member.wire_name()) continue;
    if (member.type() == Type::list) {
      auto& list = out[name];
      if (!list.is_array()) list = Json::array();
      list.push_back(scalar_from_text(member.shape().element(), value));
    } else if (!out.contains(name)) {
      out[name] = scalar_from_text(member, value);
    }
  }
}

void read_head(const OperationView& operation, const ShapeView& input, const http::Request& request, Json& out) {
  const auto labels = match_path(operation, request.path);
  const Parameters parameters = http::parse_query(request.query);
  for (std::size_t n = 0; n < input.members(); ++n) {
    const auto member = input.member(n);
    const std::string name(member.name());
    switch (member.location()) {
      case Location::uri:
        if (!labels) break;
        for (const auto& [label, value] : *labels) {
          if (label == member.wire_name()) out[name] = scalar_from_text(member, http::percent_decode(value));
        }
        break;
      case Location::querystring:
        read_parameter(member, parameters, out);
        break;
      case Location::header:
        if (const auto* value = request.headers.find(member.wire_name())) {
          if (!value->empty() || member.type() == Type::string) out[name] = header_value(member, *value);
        }
        break;
      case Location::headers: {
        auto map = prefixed_headers(member, request.headers);
        if (!map.empty()) out[name] = std::move(map);
        break;
      }
      default:
        break;
    }
  }
}

/// What the element of a payload structure is called.
std::string_view root_name(const ReferenceView& payload) {
  return payload.renamed() ? payload.wire_name() : payload.shape().name();
}

void read_payload(const ReferenceView& payload, const http::Request& request, Body body, Json& out) {
  const std::string name(payload.name());
  switch (payload.type()) {
    case Type::blob:
      if (!payload.streaming() && !request.body.empty()) out[name] = request.body;
      return;
    case Type::string:
      if (request.body.empty()) return;
      if (!valid_utf8(request.body)) throw Malformed{Malformed::Kind::syntax, "The body is not UTF-8"};
      out[name] = request.body;
      return;
    default:
      if (request.body.empty() || payload.shape().event_stream()) return;
      if (body == Body::xml) {
        out[name] = read_xml(payload.shape(), request.body, root_name(payload));
      } else {
        out[name] = from_document(payload, parse_json(request.body), Blobs::base64);
      }
  }
}

void append_header_scalar(std::string& out, const ReferenceView& member, const Json& value) {
  if (member.json_value()) {
    out += aws::base64(value.dump());
  } else {
    append_scalar(out, member, value, TimeFormat::rfc822);
  }
}

std::string header_text(const ReferenceView& member, const Json& value) {
  std::string out;
  if (member.type() != Type::list) {
    append_header_scalar(out, member, value);
    return out;
  }
  const auto element = member.shape().element();
  for (const auto& item : value) {
    if (!out.empty()) out += ", ";
    std::string text;
    append_header_scalar(text, element, item);
    const bool quote = element.type() == Type::string && text.find_first_of(",\"") != std::string::npos;
    if (!quote) {
      out += text;
      continue;
    }
    out += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out;
}

void write_xml_body(http::Response& response, const OperationView& operation, const ShapeView& shape,
                    const Json& output) {
  const auto reference = operation.output_reference();
  const auto service = operation.service();
  const auto root = reference->wire_name();
  response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (shape.single_element()) {
    const auto member = shape.member(0);
    append_root(response.body, member.wire_name(), service.xmlns());
    if (const auto it = output.find(std::string(member.name())); it != output.end() && !it->is_null()) {
      std::string text;
      append_scalar(text, member, *it, TimeFormat::iso8601);
      append_escaped(response.body, text);
    }
    response.body += "</" + std::string(member.wire_name()) + '>';
    return;
  }
  append_root(response.body, root, reference->xmlns().empty() ? service.xmlns() : reference->xmlns());
  if (shape.has_attributes()) {
    response.body.pop_back();
    append_attributes(response.body, shape, output);
    response.body += '>';
  }
  append_xml_members(response.body, shape, output);
  response.body += "</" + std::string(root) + '>';
}

/// A payload structure's element, with the service's namespace where it has none of its own.
void write_xml_payload(http::Response& response, const OperationView& operation, const ReferenceView& payload,
                       const Json& value) {
  response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  const auto xmlns = operation.service().xmlns();
  const std::string_view root = root_name(payload);
  if (!payload.xmlns().empty() || payload.shape().has_attributes() || xmlns.empty()) {
    append_xml(response.body, payload, root, value);
    return;
  }
  append_root(response.body, root, xmlns);
  append_xml_members(response.body, payload.shape(), value);
  response.body += "</" + std::string(root) + '>';
}

void write_payload(http::Response& response, const OperationView& operation, const ReferenceView& payload,
                   const Json& value, Body body) {
  switch (payload.type()) {
    case Type::blob:
    case Type::string:
      if (!value.is_string()) wrong_type(payload, value);
      if (!response.headers.has("Content-Type")) {
        response.headers.add("Content-Type", payload.type() == Type::blob ? "application/octet-stream" : "text/plain");
      }
      response.body = value.get<std::string>();
      return;
    default:
      if (body == Body::xml) {
        write_xml_payload(response, operation, payload, value);
      } else {
        append_json(response.body, payload, value);
      }
  }
}

bool has_body_member(const ShapeView& shape) {
  for (std::size_t n = 0; n < shape.members(); ++n) {
    if (in_body(shape.member(n))) return true;
  }
  return false;
}

}  // namespace

Json read_rest(const OperationView& operation, const http::Request& request, Body body) {
  const auto input = operation.input();
  Json out = Json::object();
  if (!input) return out;
  const auto payload = input->payload();
  if (!payload && has_body_member(*input) && !request.body.empty()) {
    out = body == Body::xml ? read_xml(*input, request.body) : read_json(*input, request.body);
  }
  if (payload) read_payload(*payload, request, body, out);
  read_head(operation, *input, request, out);
  return out;
}

void write_bindings(http::Response& response, const ShapeView& shape, const Json& output) {
  each_member(shape, output, [&](const ReferenceView& member, const Json& value) {
    switch (member.location()) {
      case Location::header:
        response.headers.set(member.wire_name(), header_text(member, value));
        return;
      case Location::headers:
        for (const auto& [name, one] : value.items()) {
          response.headers.set(std::string(member.wire_name()) + name, one.get<std::string>());
        }
        return;
      case Location::status_code:
        response.status = value.get<int>();
        return;
      default:
        return;
    }
  });
}

http::Response write_rest(const OperationView& operation, const Json& output, Body body) {
  http::Response response;
  response.status = operation.status();
  const auto shape = operation.output();
  const char* type = body == Body::xml ? "application/xml" : "application/json";
  if (!shape) {
    if (!output.empty()) throw std::logic_error(std::string(operation.name()) + " has no output");
    return response;
  }
  write_bindings(response, *shape, output);
  if (const auto payload = shape->payload()) {
    const auto it = output.find(std::string(payload->name()));
    if (it == output.end() || it->is_null()) return response;
    write_payload(response, operation, *payload, *it, body);
  } else if (body == Body::json) {
    append_json_members(response.body, *shape, output);
  } else if (has_body_member(*shape)) {
    write_xml_body(response, operation, *shape, output);
  }
  if (!response.body.empty() && !response.headers.has("Content-Type")) response.headers.add("Content-Type", type);
  return response;
}

}  // namespace orrery::wire
