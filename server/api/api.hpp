#pragma once
#include <optional>
#include <ranges>
#include <string_view>
#include <vector>

#include "api/rows.hpp"

// Views of the API tables: cheap values (a pointer and a number), valid for as long as the tables are.
namespace orrery::api {

class ShapeView;
class OperationView;

/// A use of a shape: a structure's member, a list's element, a map's key or value, an operation's input or output.
class ReferenceView {
 public:
  ReferenceView(const Tables* tables, std::uint32_t index) : tables_(tables), row_(&tables->references[index]) {}

  std::string_view name() const { return tables_->text(row_->name); }
  std::string_view wire_name() const { return tables_->text(row_->wire); }
  std::string_view query_name() const { return tables_->text(row_->query); }
  std::string_view xmlns() const { return tables_->text(row_->xmlns); }
  std::string_view xmlns_prefix() const { return tables_->text(row_->xmlns_prefix); }
  inline ShapeView shape() const;
  inline Type type() const;
  Location location() const { return static_cast<Location>(row_->location); }
  TimeFormat time_format() const { return static_cast<TimeFormat>(row_->time_format); }
  bool required() const { return flag(reference_flag::required); }
  bool flattened() const { return flag(reference_flag::flattened); }
  bool attribute() const { return flag(reference_flag::attribute); }
  bool streaming() const { return flag(reference_flag::streaming); }
  bool renamed() const { return flag(reference_flag::renamed); }
  bool json_value() const { return flag(reference_flag::json_value); }
  bool operator==(const ReferenceView& other) const { return row_ == other.row_; }

 private:
  bool flag(std::uint16_t bit) const { return (row_->flags & bit) != 0; }
  const Tables* tables_;
  const ReferenceRow* row_;
};

class ConstraintView {
 public:
  ConstraintView(const Tables* tables, std::uint32_t index) : tables_(tables), row_(&tables->constraints[index]) {}
  std::optional<double> min() const { return flag(constraint_flag::min) ? std::optional(row_->min) : std::nullopt; }
  std::optional<double> max() const { return flag(constraint_flag::max) ? std::optional(row_->max) : std::nullopt; }
  std::string_view pattern() const { return tables_->text(row_->pattern); }
  std::size_t values() const { return row_->values; }
  std::string_view value(std::size_t n) const { return tables_->text(tables_->values[row_->value + n]); }

 private:
  bool flag(std::uint32_t bit) const { return (row_->flags & bit) != 0; }
  const Tables* tables_;
  const ConstraintRow* row_;
};

class ShapeView {
 public:
  ShapeView(const Tables* tables, std::uint32_t index) : tables_(tables), row_(&tables->shapes[index]) {}

  std::string_view name() const { return tables_->text(row_->name); }
  Type type() const { return static_cast<Type>(row_->type); }
  /// Of a structure, sorted by name.
  std::size_t members() const { return row_->references; }
  ReferenceView member(std::size_t n) const { return {tables_, row_->reference + static_cast<std::uint32_t>(n)}; }
  std::optional<ReferenceView> find_member(std::string_view name) const;
  std::optional<ReferenceView> find_wire(std::string_view wire_name) const;
  ReferenceView element() const { return member(0); }
  ReferenceView key() const { return member(0); }
  ReferenceView value() const { return member(1); }
  std::optional<ReferenceView> payload() const {
    return row_->payload == kNone ? std::nullopt : std::optional(ReferenceView(tables_, row_->payload));
  }
  std::optional<ConstraintView> constraint() const {
    return row_->constraint == kNone ? std::nullopt : std::optional(ConstraintView(tables_, row_->constraint));
  }
  bool event_stream() const { return flag(shape_flag::event_stream); }
  bool single_element() const { return flag(shape_flag::single_element); }
  bool sensitive() const { return flag(shape_flag::sensitive); }
  bool has_attributes() const { return flag(shape_flag::attributes); }
  bool is_union() const { return flag(shape_flag::union_type); }
  /// An address that identifies the shape, for caches.
  const void* identity() const { return row_; }

 private:
  bool flag(std::uint8_t bit) const { return (row_->flags & bit) != 0; }
  const Tables* tables_;
  const ShapeRow* row_;
};

ShapeView ReferenceView::shape() const { return {tables_, row_->shape}; }
Type ReferenceView::type() const { return static_cast<Type>(tables_->shapes[row_->shape].type); }

class ErrorView {
 public:
  ErrorView(const Tables* tables, std::uint32_t index) : tables_(tables), row_(&tables->errors[index]) {}
  std::string_view code() const { return tables_->text(row_->code); }
  ShapeView shape() const { return {tables_, row_->shape}; }
  int status() const { return row_->status; }
  bool sender() const { return row_->sender != 0; }

 private:
  const Tables* tables_;
  const ErrorRow* row_;
};

class ServiceView {
 public:
  ServiceView(const Tables* tables, std::uint32_t index) : tables_(tables), row_(&tables->services[index]) {}

  std::string_view name() const { return tables_->text(row_->name); }  ///< the folder below services/
  Protocol protocol() const { return static_cast<Protocol>(row_->protocol); }
  std::string_view api_version() const { return tables_->text(row_->api_version); }
  std::string_view signing_name() const { return tables_->text(row_->signing_name); }
  std::string_view endpoint_prefix() const { return tables_->text(row_->endpoint_prefix); }
  std::string_view target_prefix() const { return tables_->text(row_->target_prefix); }
  std::string_view service_id() const { return tables_->text(row_->service_id); }
  std::string_view json_version() const { return tables_->text(row_->json_version); }
  std::string_view xmlns() const { return tables_->text(row_->xmlns); }
  bool bare_error() const { return flag(service_flag::bare_error); }
  bool coral_validation() const { return flag(service_flag::coral_validation); }
  bool query_compatible() const { return flag(service_flag::query_compatible); }

  std::size_t operations() const { return row_->operations; }
  inline OperationView operation_at(std::size_t n) const;  ///< sorted by name
  std::optional<OperationView> operation(std::string_view name) const;
  /// By the code on the wire.
  std::optional<ErrorView> error(std::string_view code) const;

 private:
  bool flag(std::uint8_t bit) const { return (row_->flags & bit) != 0; }
  const Tables* tables_;
  const ServiceRow* row_;
};

class OperationView {
 public:
  OperationView(const Tables* tables, std::uint32_t index) : tables_(tables), row_(&tables->operations[index]) {}

  std::string_view name() const { return tables_->text(row_->name); }
  ServiceView service() const { return {tables_, row_->service}; }
  std::string_view method() const { return tables_->text(row_->method); }
  std::string_view uri() const { return tables_->text(row_->uri); }
  int status() const { return row_->status; }
  std::optional<ReferenceView> input_reference() const { return reference(row_->input); }
  std::optional<ReferenceView> output_reference() const { return reference(row_->output); }
  std::optional<ShapeView> input() const { return shape(row_->input); }
  std::optional<ShapeView> output() const { return shape(row_->output); }
  std::string_view result_wrapper() const { return tables_->text(row_->result_wrapper); }
  /// The payload is a blob that the host hands to a BodySink, or takes from a BodySource.
  bool streaming_input() const { return streaming(input()); }
  bool streaming_output() const { return streaming(output()); }

  std::span<const SegmentRow> segments() const { return tables_->segments.subspan(row_->segment, row_->segments); }
  std::span<const QueryLiteralRow> query_literals() const {
    return tables_->query_literals.subspan(row_->query, row_->queries);
  }
  std::string_view text(Text number) const { return tables_->text(number); }

 private:
  std::optional<ReferenceView> reference(std::uint32_t index) const {
    return index == kNone ? std::nullopt : std::optional(ReferenceView(tables_, index));
  }
  std::optional<ShapeView> shape(std::uint32_t index) const {
    return index == kNone ? std::nullopt : std::optional(ReferenceView(tables_, index).shape());
  }
  static bool streaming(const std::optional<ShapeView>& shape) {
    const auto payload = shape ? shape->payload() : std::nullopt;
    return payload && payload->streaming() && payload->type() == Type::blob;
  }
  const Tables* tables_;
  const OperationRow* row_;
};

OperationView ServiceView::operation_at(std::size_t n) const {
  return {tables_, row_->operation + static_cast<std::uint32_t>(n)};
}

/// Every service of the build, sorted by name.
std::vector<ServiceView> services();
std::optional<ServiceView> find_service(std::string_view name);
std::optional<ServiceView> find_service(const Tables& tables, std::string_view name);

}  // namespace orrery::api
