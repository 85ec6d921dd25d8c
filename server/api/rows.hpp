#pragma once
#include <cstdint>
#include <span>
#include <string_view>

// The compiled form of the API tables: arrays of integers and one string pool, so that nothing is parsed or relocated
// at start-up. A text is a number: `starts[n]` to `starts[n + 1]` in the pool; number 0 is "". The arrays are made by
// compiler/compile.cpp, read through the views in api.hpp, and never written.
namespace orrery::api {

using Text = std::uint32_t;
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

enum class Protocol : std::uint8_t { query, ec2, json, rest_json, rest_xml, rpc_cbor };
enum class Type : std::uint8_t {
  structure,
  list,
  map,
  string,
  integer,
  long_integer,
  floating,
  boolean,
  timestamp,
  blob,
  document
};
enum class Location : std::uint8_t { body, uri, querystring, header, headers, status_code };
/// `standard`: what the protocol uses where nothing is said.
enum class TimeFormat : std::uint8_t { standard, iso8601, rfc822, unix_seconds };

struct ServiceRow {
  Text name, api_version, signing_name, endpoint_prefix, target_prefix, service_id, json_version, xmlns;
  std::uint32_t operation, operations;  ///< sorted by name
  std::uint32_t error, errors;          ///< sorted by code
  std::uint8_t protocol;
  std::uint8_t flags;
};
namespace service_flag {
inline constexpr std::uint8_t bare_error = 1;        ///< <Error> is the root of an error (S3), not <ErrorResponse>
inline constexpr std::uint8_t coral_validation = 2;  ///< a query service that words violations as JSON services do
inline constexpr std::uint8_t query_compatible = 4;  ///< awsQueryCompatible: error codes of the old query API
}  // namespace service_flag

struct OperationRow {
  Text name, method, uri;
  std::uint32_t service;
  std::uint32_t input, output;  ///< references, or kNone
  Text result_wrapper;
  std::uint32_t segment, segments;  ///< of the path
  std::uint32_t query, queries;     ///< literals of the query string
  std::uint16_t status;
};

struct SegmentRow {
  Text text;           ///< the literal, or the label's wire name
  std::uint32_t kind;  ///< 0 literal, 1 label, 2 greedy label
};

struct QueryLiteralRow {
  Text name, value;
};

struct ShapeRow {
  Text name;
  std::uint32_t reference, references;  ///< members sorted by name; a list has one (its element), a map key and value
  std::uint32_t constraint;             ///< or kNone
  std::uint32_t payload;                ///< reference number of the payload member, or kNone
  std::uint8_t type;
  std::uint8_t flags;
};
namespace shape_flag {
inline constexpr std::uint8_t exception = 1;
inline constexpr std::uint8_t event_stream = 2;
inline constexpr std::uint8_t single_element = 4;  ///< the output's one member is the root element (GetBucketLocation)
inline constexpr std::uint8_t sensitive = 8;
inline constexpr std::uint8_t union_type = 16;
inline constexpr std::uint8_t attributes = 32;  ///< has members that are XML attributes
}  // namespace shape_flag

struct ReferenceRow {
  Text name;   ///< the member's
  Text wire;   ///< locationName, or the name ("member", "key", "value" in lists and maps)
  Text query;  ///< as the query and EC2 protocols write it in requests
  Text xmlns, xmlns_prefix;
  std::uint32_t shape;
  std::uint16_t flags;
  std::uint8_t location;
  std::uint8_t time_format;
};
namespace reference_flag {
inline constexpr std::uint16_t required = 1;
inline constexpr std::uint16_t flattened = 2;
inline constexpr std::uint16_t attribute = 4;
inline constexpr std::uint16_t streaming = 8;
inline constexpr std::uint16_t renamed = 16;  ///< has a locationName
inline constexpr std::uint16_t token = 32;    ///< an idempotency token
inline constexpr std::uint16_t json_value = 64;
inline constexpr std::uint16_t event_payload = 128;
}  // namespace reference_flag

struct ConstraintRow {
  double min, max;
  Text pattern;
  std::uint32_t value, values;  ///< enum values: texts in `values`
  std::uint32_t flags;
};
namespace constraint_flag {
inline constexpr std::uint32_t min = 1;
inline constexpr std::uint32_t max = 2;
}  // namespace constraint_flag

struct ErrorRow {
  Text code;  ///< on the wire
  std::uint32_t shape;
  std::uint16_t status;
  std::uint16_t sender;  ///< 1: the client's fault
};

/// Everything a view needs.
struct Tables {
  std::span<const ServiceRow> services;  ///< sorted by name
  std::span<const OperationRow> operations;
  std::span<const SegmentRow> segments;
  std::span<const QueryLiteralRow> query_literals;
  std::span<const ShapeRow> shapes;
  std::span<const ReferenceRow> references;
  std::span<const ConstraintRow> constraints;
  std::span<const Text> values;
  std::span<const ErrorRow> errors;
  std::span<const std::uint32_t> starts;
  const char* pool;

  std::string_view text(Text number) const { return {pool + starts[number], starts[number + 1] - starts[number]}; }
};

/// The compiled services/*/api.json.
extern const Tables kTables;

}  // namespace orrery::api
