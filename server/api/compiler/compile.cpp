#include "api/compiler/compile.hpp"

#include <algorithm>
#include <stdexcept>

namespace orrery::api {

namespace {

using Json = nlohmann::json;

Protocol protocol_of(const std::string& name) {
  static const std::map<std::string, Protocol> protocols = {
      {"query", Protocol::query},         {"ec2", Protocol::ec2},           {"json", Protocol::json},
      {"rest-json", Protocol::rest_json}, {"rest-xml", Protocol::rest_xml}, {"smithy-rpc-v2-cbor", Protocol::rpc_cbor}};
  return protocols.at(name);
}

Type type_of(const Json& shape) {
  static const std::map<std::string, Type> types = {{"structure", Type::structure},
                                                    {"list", Type::list},
                                                    {"map", Type::map},
                                                    {"string", Type::string},
                                                    {"character", Type::string},
                                                    {"integer", Type::integer},
                                                    {"byte", Type::integer},
                                                    {"short", Type::integer},
                                                    {"long", Type::long_integer},
                                                    {"bigInteger", Type::long_integer},
                                                    {"float", Type::floating},
                                                    {"double", Type::floating},
                                                    {"bigDecimal", Type::floating},
                                                    {"boolean", Type::boolean},
                                                    {"timestamp", Type::timestamp},
                                                    {"blob", Type::blob}};
  if (shape.value("document", false)) return Type::document;
  return types.at(shape.at("type").get<std::string>());
}

Location location_of(const std::string& name) {
  static const std::map<std::string, Location> locations = {
      {"", Location::body},         {"uri", Location::uri},         {"querystring", Location::querystring},
      {"header", Location::header}, {"headers", Location::headers}, {"statusCode", Location::status_code}};
  return locations.at(name);
}

TimeFormat time_format_of(const std::string& name) {
  static const std::map<std::string, TimeFormat> formats = {{"", TimeFormat::standard},
                                                            {"iso8601", TimeFormat::iso8601},
                                                            {"rfc822", TimeFormat::rfc822},
                                                            {"unixTimestamp", TimeFormat::unix_seconds}};
  return formats.at(name);
}

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

bool truthy(const Json& object, const char* key) { return object.value(key, false); }

std::uint32_t size32(std::size_t size) { return static_cast<std::uint32_t>(size); }

}  // namespace

Compiler::Compiler() : starts_{0} { text(""); }

Text Compiler::text(const std::string& value) {
  const auto [it, fresh] = texts_.try_emplace(value, size32(texts_.size()));
  if (fresh) {
    pool_ += value;
    starts_.push_back(size32(pool_.size()));
  }
  return it->second;
}

Text Compiler::text(const Json& object, const char* key, const std::string& fallback) {
  return text(object.value(key, fallback));
}

void Compiler::add(const std::string& name, Json model, const Json& patch) {
  if (patch.is_object()) model.merge_patch(patch);
  shape_of_.clear();
  // A payload may be named where a shape is used instead of in the shape.
  for (const auto& [operation, source] : model.at("operations").items()) {
    for (const char* key : {"input", "output"}) {
      if (!source.contains(key) || !source.at(key).contains("payload")) continue;
      model["shapes"][source.at(key).at("shape").get<std::string>()]["payload"] = source.at(key).at("payload");
    }
  }
  const Json& meta = model.at("metadata");
  ec2_ = meta.at("protocol") == "ec2";
  ServiceRow row{};
  row.name = text(name);
  row.api_version = text(meta, "apiVersion");
  row.endpoint_prefix = text(meta, "endpointPrefix", name);
  row.signing_name = text(meta, "signingName", meta.value("endpointPrefix", name));
  row.target_prefix = text(meta, "targetPrefix");
  row.service_id = text(meta, "serviceId");
  row.json_version = text(meta, "jsonVersion", "1.0");
  if (meta.contains("xmlNamespace")) {
    const Json& xmlns = meta.at("xmlNamespace");
    row.xmlns = text(xmlns.is_object() ? xmlns.at("uri").get<std::string>() : xmlns.get<std::string>());
  }
  row.protocol = static_cast<std::uint8_t>(protocol_of(meta.at("protocol")));
  if (truthy(meta, "bareError")) row.flags |= service_flag::bare_error;
  if (truthy(meta, "coralValidation")) row.flags |= service_flag::coral_validation;
  if (meta.contains("awsQueryCompatible")) row.flags |= service_flag::query_compatible;
  row.operation = size32(operations_.size());
  const auto service = size32(services_.size());
  for (const auto& [operation, source] : model.at("operations").items()) {
    add_operation(model, operation, source, service);
  }
  row.operations = size32(operations_.size()) - row.operation;
  add_errors(model, row);
  while (!pending_.empty()) {
    const std::string shape_name = pending_.back();
    pending_.pop_back();
    fill_shape(model, shape_name, shape_of_.at(shape_name));
  }
  services_.push_back(row);
}

void Compiler::add_operation(const Json& model, const std::string& name, const Json& source, std::uint32_t service) {
  const Json& http = source.at("http");
  OperationRow row{};
  row.name = text(name);
  row.method = text(http, "method", "POST");
  row.uri = text(http, "requestUri", "/");
  row.status = static_cast<std::uint16_t>(http.value("responseCode", 200));
  row.service = service;
  row.input = row.output = kNone;
  if (source.contains("input")) {
    row.input = size32(references_.size());
    references_.push_back(reference(model, source.at("input"), name + "Request"));
  }
  if (source.contains("output")) {
    row.output = size32(references_.size());
    references_.push_back(reference(model, source.at("output"), name + "Result"));
    row.result_wrapper = text(source.at("output"), "resultWrapper");
  }
  add_route(http.value("requestUri", "/"), row);
  operations_.push_back(row);
}

void Compiler::add_route(const std::string& uri, OperationRow& row) {
  const auto question = uri.find('?');
  std::string path = uri.substr(0, question);
  row.segment = size32(segments_.size());
  while (!path.empty()) {
    const auto slash = path.find('/', 1);
    std::string part = path.substr(1, slash == std::string::npos ? slash : slash - 1);
    path = slash == std::string::npos ? "" : path.substr(slash);
    if (part.empty()) continue;
    if (part.front() != '{') {
      segments_.push_back({text(part), 0});
    } else {
      const bool greedy = part.ends_with("+}");
      segments_.push_back({text(part.substr(1, part.size() - (greedy ? 3 : 2))), greedy ? 2u : 1u});
    }
  }
  row.segments = size32(segments_.size()) - row.segment;
  row.query = size32(query_literals_.size());
  std::string query = question == std::string::npos ? "" : uri.substr(question + 1);
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string part = query.substr(0, end);
    const auto equals = part.find('=');
    query_literals_.push_back(
        {text(part.substr(0, equals)), text(equals == std::string::npos ? "" : part.substr(equals + 1))});
    query = end == std::string::npos ? "" : query.substr(end + 1);
  }
  row.queries = size32(query_literals_.size()) - row.query;
}

void Compiler::add_errors(const Json& model, ServiceRow& row) {
  std::map<std::string, ErrorRow> errors;
  for (const auto& [name, source] : model.at("shapes").items()) {
    if (!truthy(source, "exception") && !source.contains("error")) continue;
    const Json error = source.value("error", Json::object());
    const std::string code = error.value("code", name);
    const bool fault = truthy(source, "fault");
    errors[code] = {text(code), shape(model, name),
                    static_cast<std::uint16_t>(error.value("httpStatusCode", fault ? 500 : 400)),
                    static_cast<std::uint16_t>(fault ? 0 : 1)};
  }
  row.error = size32(errors_.size());
  row.errors = size32(errors.size());
  for (const auto& [code, error] : errors) errors_.push_back(error);
}

std::uint32_t Compiler::shape(const Json& model, const std::string& name) {
  const auto [it, fresh] = shape_of_.try_emplace(name, size32(shapes_.size()));
  if (fresh) {
    if (!model.at("shapes").contains(name)) throw std::runtime_error("no shape " + name);
    shapes_.push_back({});
    pending_.push_back(name);
  }
  return it->second;
}

void Compiler::fill_shape(const Json& model, const std::string& name, std::uint32_t index) {
  const Json& source = model.at("shapes").at(name);
  ShapeRow row{};
  row.name = text(name);
  row.type = static_cast<std::uint8_t>(type_of(source));
  row.constraint = constraint(source);
  row.payload = kNone;
  if (truthy(source, "exception")) row.flags |= shape_flag::exception;
  if (truthy(source, "eventstream")) row.flags |= shape_flag::event_stream;
  if (truthy(source, "singleElement")) row.flags |= shape_flag::single_element;
  if (truthy(source, "sensitive")) row.flags |= shape_flag::sensitive;
  if (truthy(source, "union")) row.flags |= shape_flag::union_type;
  std::vector<ReferenceRow> members;
  if (source.contains("members")) {
    const auto required = source.value("required", std::vector<std::string>{});
    for (const auto& [member, ref] : source.at("members").items()) {  // sorted: nlohmann's objects are std::map
      auto made = reference(model, ref, member);
      if (std::ranges::find(required, member) != required.end()) made.flags |= reference_flag::required;
      if (made.flags & reference_flag::attribute) row.flags |= shape_flag::attributes;
      if (source.value("payload", "") == member) {
        row.payload = size32(references_.size() + members.size());
      }
      members.push_back(made);
    }
  }
  for (const char* part : {"member", "key", "value"}) {
    if (source.contains(part)) members.push_back(reference(model, source.at(part), part));
  }
  row.reference = size32(references_.size());
  row.references = size32(members.size());
  references_.insert(references_.end(), members.begin(), members.end());
  shapes_[index] = row;
}

ReferenceRow Compiler::reference(const Json& model, const Json& source, const std::string& name) {
  const std::string target = source.at("shape");
  // A reference's traits go over those of the shape it refers to, as in botocore's ShapeResolver.
  Json merged = model.at("shapes").at(target);
  for (const auto& [key, value] : source.items()) merged[key] = value;
  ReferenceRow row{};
  row.name = text(name);
  row.shape = shape(model, target);
  const Location location = location_of(merged.value("location", ""));
  const std::string wire = merged.value("locationName", location == Location::headers ? "" : name);
  row.wire = text(wire);
  const bool renamed = merged.contains("locationName");
  row.query = text(source.contains("queryName") ? source.at("queryName").get<std::string>()
                   : ec2_ && renamed            ? capitalized(wire)
                                                : wire);
  if (merged.contains("xmlNamespace")) {
    const Json& xmlns = merged.at("xmlNamespace");
    row.xmlns = xmlns.is_object() ? text(xmlns, "uri") : text(xmlns.get<std::string>());
    if (xmlns.is_object()) row.xmlns_prefix = text(xmlns, "prefix");
  }
  row.location = static_cast<std::uint8_t>(location);
  row.time_format = static_cast<std::uint8_t>(time_format_of(merged.value("timestampFormat", "")));
  if (truthy(merged, "flattened")) row.flags |= reference_flag::flattened;
  if (truthy(merged, "xmlAttribute")) row.flags |= reference_flag::attribute;
  if (truthy(merged, "streaming")) row.flags |= reference_flag::streaming;
  if (renamed) row.flags |= reference_flag::renamed;
  if (truthy(merged, "idempotencyToken")) row.flags |= reference_flag::token;
  if (truthy(merged, "jsonvalue")) row.flags |= reference_flag::json_value;
  if (truthy(merged, "eventpayload")) row.flags |= reference_flag::event_payload;
  return row;
}

std::uint32_t Compiler::constraint(const Json& shape) {
  ConstraintRow row{};
  if (shape.contains("min")) {
    row.min = shape.at("min");
    row.flags |= constraint_flag::min;
  }
  if (shape.contains("max")) {
    row.max = shape.at("max");
    row.flags |= constraint_flag::max;
  }
  row.pattern = text(shape, "pattern");
  if (shape.contains("enum")) {
    row.value = size32(values_.size());
    for (const auto& value : shape.at("enum")) values_.push_back(text(value.get<std::string>()));
    row.values = size32(values_.size()) - row.value;
  }
  if (row.flags == 0 && row.pattern == 0 && row.values == 0) return kNone;
  constraints_.push_back(row);
  return size32(constraints_.size() - 1);
}

Tables Compiler::finish() {
  std::vector<std::uint32_t> order(services_.size());
  for (std::uint32_t n = 0; n < order.size(); ++n) order[n] = n;
  const auto name = [&](std::uint32_t n) {
    const Text t = services_[n].name;
    return pool_.substr(starts_[t], starts_[t + 1] - starts_[t]);
  };
  std::ranges::sort(order, [&](auto a, auto b) { return name(a) < name(b); });
  std::vector<ServiceRow> sorted;
  std::vector<std::uint32_t> position(order.size());
  for (const auto n : order) {
    position[n] = size32(sorted.size());
    sorted.push_back(services_[n]);
  }
  services_ = std::move(sorted);
  for (auto& operation : operations_) operation.service = position[operation.service];
  return {services_,    operations_, segments_, query_literals_, shapes_,     references_,
          constraints_, values_,     errors_,   starts_,         pool_.data()};
}

}  // namespace orrery::api
