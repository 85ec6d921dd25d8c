// Expressions and PartiQL: the first letter says which (condition, update, projection, statement), the rest is the
// text.
#include "registry/error.hpp"
#include "services/dynamodb/expression.hpp"
#include "services/dynamodb/partiql_parser.hpp"

namespace {

using namespace orrery;
using namespace orrery::dynamodb;

const Json& item() {
  static const Json instance = {{"a", {{"S", "text"}}},
                                {"n", {{"N", "12.5"}}},
                                {"b", {{"B", std::string("\x00\xff", 2)}}},
                                {"set", {{"SS", {"one", "two"}}}},
                                {"numbers", {{"NS", {"1", "2"}}}},
                                {"list", {{"L", {{{"N", "1"}}, {{"M", {{"x", {{"BOOL", true}}}}}}}}}},
                                {"map", {{"M", {{"a", {{"NULL", true}}}, {"list", {{"L", Json::array()}}}}}}}};
  return instance;
}

Placeholders placeholders() {
  return {Json{{"#a", "a"}, {"#m", "map"}, {"#dot", "a.b"}}, Json{{":s", {{"S", "te"}}},
                                                                  {":n", {{"N", "1"}}},
                                                                  {":b", {{"B", std::string("\xff", 1)}}},
                                                                  {":ss", {{"SS", {"one"}}}},
                                                                  {":ns", {{"NS", {"2"}}}},
                                                                  {":l", {{"L", {{{"N", "3"}}}}}},
                                                                  {":t", {{"BOOL", true}}}}};
}

void read(char kind, std::string_view text) {
  Placeholders held = placeholders();
  if (kind == 'c') {
    const Condition condition = parse_condition(text, "ConditionExpression", held);
    for_each_path(condition, [](const Path& path) { path.text(); });
    evaluate(condition, item());
    evaluate(condition, Json::object());
  } else if (kind == 'u') {
    apply_update(parse_update(text, held), item());
  } else if (kind == 'p') {
    const auto paths = parse_projection(text, held);
    check_overlap(paths, "ProjectionExpression");
    project(item(), paths);
  } else if (kind == 's') {
    const auto parameters = Json{{{"S", "x"}}, {{"N", "7"}}};
    const auto statement =
        partiql::parse(std::string(text), text.find('?') == std::string_view::npos ? Json() : parameters);
    if (statement.where) evaluate(*statement.where, item());
    if (!statement.actions.empty()) apply_update(statement.actions, item());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    read(static_cast<char>(data[0]), {reinterpret_cast<const char*>(data) + 1, size - 1});
  } catch (const orrery::AwsError&) {  // refused
  }
  return 0;
}
