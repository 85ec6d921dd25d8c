#pragma once
#include <functional>
#include <pugixml.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aws/json.hpp"

namespace orrery::verify {

/// An answer that is an error, or no answer that can be read.
class ApiError : public std::runtime_error {
 public:
  ApiError(std::string code, const std::string& message)
      : std::runtime_error(message.empty() ? code : code + ": " + message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

/// A service of the query protocol (and EC2's form of it), and the input member that asks for the next page.
struct QueryService {
  std::string_view name, version, page;
};
inline constexpr QueryService kEc2{"ec2", "2016-11-15", "NextToken"};
inline constexpr QueryService kRds{"rds", "2014-10-31", "Marker"};
inline constexpr QueryService kElastiCache{"elasticache", "2015-02-02", "Marker"};
inline constexpr QueryService kServerlessElastiCache{"elasticache", "2015-02-02", "NextToken"};

/// A service of the JSON protocol.
struct JsonService {
  std::string_view name, target, media_type;
};
inline constexpr JsonService kKms{"kms", "TrentService", "application/x-amz-json-1.1"};
inline constexpr JsonService kSecrets{"secretsmanager", "secretsmanager", "application/x-amz-json-1.1"};
inline constexpr JsonService kDynamoDb{"dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0"};

/// Where a JSON operation has its list, and the members by which pages follow each other.
struct Pages {
  const char* list;
  const char* in;
  const char* out;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;
using Visitor = std::function<void(const pugi::xml_node&)>;

/// AWS's API at an endpoint, as the root of an account, in a region. Throws ApiError, and std::runtime_error when
/// nobody answers.
class Api {
 public:
  Api(std::string endpoint, std::string account, std::string region)
      : endpoint_(std::move(endpoint)), account_(std::move(account)), region_(std::move(region)) {}

  const std::string& account() const { return account_; }
  const std::string& region() const { return region_; }

  /// Visits each element of the result's `list`, of all pages.
  void each(const QueryService& service, const std::string& action, const std::string& list, const Visitor& visit,
            const Parameters& parameters = {}) const;
  Json call(const JsonService& service, const std::string& operation, const Json& input) const;
  /// The elements of all pages.
  std::vector<Json> all(const JsonService& service, const std::string& operation, const Pages& pages,
                        Json input = Json::object()) const;
  /// GET of a service with JSON over REST.
  Json get(std::string_view service, const std::string& path) const;
  pugi::xml_document get_xml(std::string_view service, const std::string& path) const;
  /// HEAD: the status alone.
  int head(std::string_view service, const std::string& path) const;

 private:
  struct Request;
  std::pair<int, std::string> send(const Request& request) const;
  std::string authorization(std::string_view service, const std::string& time) const;

  std::string endpoint_, account_, region_;
};

/// Percent-encoded for a query or a form.
std::string encoded(std::string_view text);

/// The text of the element at a path ("Endpoint/Address"); "" where there is none.
std::string text(const pugi::xml_node& node, const char* path);
bool is_true(const pugi::xml_node& node, const char* path);
/// The texts at `path` of each child of the element `list`.
std::vector<std::string> texts(const pugi::xml_node& node, const char* list, const char* path);

}  // namespace orrery::verify
