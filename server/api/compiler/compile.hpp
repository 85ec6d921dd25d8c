#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/rows.hpp"

namespace orrery::api {

/// Compiles API models (the form of services/*/api.json, which is botocore's) into rows. Used at build time, and by
/// tests with models of their own. Throws std::runtime_error on a model it cannot read.
class Compiler {
 public:
  using Json = nlohmann::json;

  Compiler();
  /// `patch` is merged into the model first (RFC 7386). Services may come in any order.
  void add(const std::string& name, Json model, const Json& patch = nullptr);
  /// Sorts the services. The result points into this object; call it once, after the last add().
  Tables finish();

 private:
  Text text(const std::string& value);
  Text text(const Json& object, const char* key, const std::string& fallback = "");
  std::uint32_t shape(const Json& model, const std::string& name);
  void fill_shape(const Json& model, const std::string& name, std::uint32_t index);
  ReferenceRow reference(const Json& model, const Json& source, const std::string& name);
  std::uint32_t constraint(const Json& shape);
  void add_operation(const Json& model, const std::string& name, const Json& source, std::uint32_t service);
  void add_route(const std::string& uri, OperationRow& row);
  void add_errors(const Json& model, ServiceRow& row);

  bool ec2_ = false;
  std::vector<ServiceRow> services_;
  std::vector<OperationRow> operations_;
  std::vector<SegmentRow> segments_;
  std::vector<QueryLiteralRow> query_literals_;
  std::vector<ShapeRow> shapes_;
  std::vector<ReferenceRow> references_;
  std::vector<ConstraintRow> constraints_;
  std::vector<Text> values_;
  std::vector<ErrorRow> errors_;
  std::vector<std::uint32_t> starts_;
  std::string pool_;
  std::unordered_map<std::string, Text> texts_;
  std::unordered_map<std::string, std::uint32_t> shape_of_;  ///< of the service being added
  std::vector<std::string> pending_;                         ///< shapes to fill
};

}  // namespace orrery::api
