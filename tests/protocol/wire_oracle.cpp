// The codecs at the end of a pipe, for tests in other languages: a JSON line in, a JSON line out.
//   {"do":"model","name":n,"model":{…}}                             compiles a model of the test's own
//   {"do":"read","service":n,"method":m,"target":t,"headers":[[k,v]],"body":base64}
//   {"do":"write","service":n,"operation":o,"headers":[[k,v]],"output":{…}}
//   {"do":"error","service":n,"headers":[[k,v]],"code":c,"status":s,"message":m,"members":{…}}
// Blobs in values are base64, and numbers that JSON does not have are "NaN", "Infinity" and "-Infinity".
#include <cmath>
#include <deque>
#include <iostream>
#include <limits>
#include <map>
#include <string>

#include "api/compiler/compile.hpp"
#include "aws/ids.hpp"
#include "wire/codec.hpp"

namespace {

using namespace orrery;

enum class Direction { in, out };

void adapt_scalar(const api::ReferenceView& reference, Json& value, Direction direction) {
  if (reference.type() == api::Type::blob && value.is_string()) {
    std::string bytes;
    if (direction == Direction::out) {
      value = aws::base64(value.get<std::string>());
    } else if (aws::base64_decode(value.get<std::string>(), bytes)) {
      value = bytes;
    }
  }
  if (reference.type() == api::Type::floating) {
    if (direction == Direction::out && value.is_number_float() && !std::isfinite(value.get<double>())) {
      const double number = value.get<double>();
      value = std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    } else if (direction == Direction::in && value.is_string()) {
      const auto text = value.get<std::string>();
      const double infinity = std::numeric_limits<double>::infinity();
      value = text == "NaN" ? std::numeric_limits<double>::quiet_NaN() : text == "Infinity" ? infinity : -infinity;
    }
  }
}

void adapt(const api::ShapeView& shape, Json& value, Direction direction);

void adapt(const api::ReferenceView& reference, Json& value, Direction direction) {
  switch (reference.type()) {
    case api::Type::structure:
      adapt(reference.shape(), value, direction);
      return;
    case api::Type::list:
      for (auto& item : value) adapt(reference.shape().element(), item, direction);
      return;
    case api::Type::map:
      for (auto& item : value) adapt(reference.shape().value(), item, direction);
      return;
    default:
      adapt_scalar(reference, value, direction);
  }
}

void adapt(const api::ShapeView& shape, Json& value, Direction direction) {
  if (!value.is_object()) return;
  for (auto& [name, item] : value.get_ref<Json::object_t&>()) {
    if (const auto member = shape.find_member(name); member && !item.is_null()) adapt(*member, item, direction);
  }
}

struct Model {
  api::Compiler compiler;
  api::Tables tables;
};

class Oracle {
 public:
  Json answer(const Json& line) {
    const std::string task = line.at("do");
    if (task == "model") return model(line);
    const auto service = find(line.at("service"));
    if (task == "read") return read(service, line);
    if (task == "write") return write(service, line);
    return error(service, line);
  }

 private:
  Json model(const Json& line) {
    auto& model = models_.emplace_back();
    model.compiler.add(line.at("name"), line.at("model"));
    model.tables = model.compiler.finish();
    by_name_[line.at("name")] = &model;
    return {{"ok", true}};
  }

  api::ServiceView find(const std::string& name) {
    const auto it = by_name_.find(name);
    const auto found = it == by_name_.end() ? api::find_service(name) : api::find_service(it->second->tables, name);
    if (!found) throw std::runtime_error("no service " + name);
    return *found;
  }

  static http::Request request(const Json& line) {
    http::Request out;
    out.method = line.value("method", "POST");
    out.target = line.value("target", "/");
    const auto question = out.target.find('?');
    out.path = out.target.substr(0, question);
    if (question != std::string::npos) out.query = out.target.substr(question + 1);
    for (const auto& field : line.value("headers", Json::array())) out.headers.add(field.at(0), field.at(1));
    aws::base64_decode(line.value("body", ""), out.body);
    return out;
  }

  static Json read(const api::ServiceView& service, const Json& line) {
    const auto asked = request(line);
    const auto operation = wire::match(service, asked);
    if (!operation) return {{"error", "no operation: " + wire::asked_operation(service, asked)}};
    Json input = wire::read(*operation, asked);
    Json violations = Json::array();
    for (const auto& violation : wire::validate(*operation, input)) {
      violations.push_back(violation.path + ": " + violation.constraint);
    }
    if (const auto shape = operation->input()) adapt(*shape, input, Direction::out);
    return {{"operation", operation->name()}, {"input", input}, {"violations", violations}};
  }

  static Json response(const http::Response& made) {
    Json headers = Json::array();
    for (const auto& [name, value] : made.headers) headers.push_back({name, value});
    return {{"status", made.status}, {"headers", headers}, {"body", aws::base64(made.body)}};
  }

  static Json write(const api::ServiceView& service, const Json& line) {
    const auto operation = service.operation(line.at("operation").get<std::string>());
    if (!operation) return {{"error", "no operation"}};
    Json output = line.at("output");
    if (const auto shape = operation->output()) adapt(*shape, output, Direction::in);
    return response(wire::write(*operation, request(line), output, "request-id"));
  }

  static Json error(const api::ServiceView& service, const Json& line) {
    AwsError made(line.at("code"), line.at("status"), line.at("message"));
    Json members = line.value("members", Json::object());
    if (const auto modelled = service.error(made.code())) adapt(modelled->shape(), members, Direction::in);
    for (const auto& [name, value] : members.items()) made = std::move(made).with(name, value);
    return response(wire::write_error(service, request(line), made, "request-id"));
  }

  std::deque<Model> models_;
  std::map<std::string, Model*> by_name_;
};

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  Oracle oracle;
  std::string line;
  while (std::getline(std::cin, line)) {
    Json out;
    try {
      out = oracle.answer(Json::parse(line));
    } catch (const AwsError& error) {
      out = {{"error", error.code() + ": " + error.message()}};
    } catch (const std::exception& error) {
      out = {{"error", std::string("exception: ") + error.what()}};
    }
    std::cout << out.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
  }
  return 0;
}
