#include "services/dynamodb/violations.hpp"

#include "api/api.hpp"
#include "services/dynamodb/errors.hpp"
#include "wire/codec.hpp"

namespace orrery::dynamodb {

namespace {

/// Tags are checked apart from the rest, and after it.
bool of_tag(const Violation& violation) {
  return violation.path.starts_with("Tags.") || violation.path.starts_with("TagKeys.");
}

AwsError tag_error(const Violation& violation) {
  const std::string text = violation.value.is_string() ? violation.value.get<std::string>() : "null";
  if (violation.path.ends_with(".Value")) return validation("The Tag Value provided is invalid, Value: " + text);
  return validation("The Tag Key provided is invalid, Key: " + text);
}

}  // namespace

AwsError violation_error(std::span<const Violation> violations) {
  std::vector<Violation> others;
  std::copy_if(violations.begin(), violations.end(), std::back_inserter(others), std::not_fn(of_tag));
  if (others.empty()) return tag_error(violations.front());
  const Violation& first = others.front();
  if (first.path == "BackupArn" && first.kind == Violation::Kind::length) return validation("Invalid Backup ARN");
  if (first.path == "TargetTableName" && first.value == "")
    return validation("TableName must be at least 3 characters long and at most 255 characters long");
  return wire::validation_error(*api::find_service("dynamodb"), others);
}

}  // namespace orrery::dynamodb
