#include "wire/codec.hpp"

namespace orrery::wire {

namespace {

using Kind = Violation::Kind;

/// Names as Coral prints them: each part with a small first letter.
std::string coral_path(std::string path) {
  bool start = true;
  for (char& c : path) {
    if (start && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    start = c == '.';
  }
  return path;
}

std::string coral_value(const Json& value) {
  if (value.is_null()) return "null";
  if (value.is_array()) {
    std::string out = "'[";
    for (std::size_t n = 0; n < value.size(); ++n) {
      if (n > 0) out += ", ";
      out += value[n].is_string() ? value[n].get<std::string>()
                                  : value[n].dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return out + "]'";
  }
  const auto text =
      value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return "'" + text + "'";
}

/// "2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must …; Value …"
std::string coral_message(std::span<const Violation> violations) {
  std::string out =
      std::to_string(violations.size()) + " validation error" + (violations.size() == 1 ? "" : "s") + " detected: ";
  for (std::size_t n = 0; n < violations.size(); ++n) {
    const auto& violation = violations[n];
    if (n > 0) out += "; ";
    out += "Value " + coral_value(violation.value) + " at '" + coral_path(violation.path) +
           "' failed to satisfy constraint: " + violation.constraint;
  }
  return out;
}

std::string plain_value(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

AwsError query_error(const Violation& violation) {
  if (violation.kind == Kind::missing) {
    return {"MissingParameter", 400, "The request must contain the parameter " + violation.path + "."};
  }
  return {"InvalidParameterValue", 400,
          "Invalid value '" + plain_value(violation.value) + "' for " + violation.path + ": " + violation.constraint};
}

AwsError ec2_error(const Violation& violation) {
  if (violation.kind == Kind::missing) {
    return {"MissingParameter", 400, "The request must contain the parameter " + violation.path};
  }
  return {"InvalidParameterValue", 400,
          "Value (" + plain_value(violation.value) + ") for parameter " + violation.path + " is invalid. " +
              violation.constraint};
}

AwsError rest_xml_error(const Violation& violation) {
  const bool in_document = violation.path.find('.') != std::string::npos;
  if (in_document || violation.kind == Kind::missing) {
    return {"MalformedXML", 400,
            "The XML you provided was not well-formed or did not validate against our published schema"};
  }
  return AwsError("InvalidArgument", 400, "Invalid value for " + violation.member)
      .with("ArgumentName", violation.member)
      .with("ArgumentValue", plain_value(violation.value));
}

}  // namespace

AwsError validation_error(const api::ServiceView& service, std::span<const Violation> violations) {
  switch (service.protocol()) {
    case api::Protocol::query:
      if (service.coral_validation()) return {"ValidationError", 400, coral_message(violations)};
      return query_error(violations.front());
    case api::Protocol::ec2:
      return ec2_error(violations.front());
    case api::Protocol::rest_xml:
      return rest_xml_error(violations.front());
    default:
      return {"ValidationException", 400, coral_message(violations)};
  }
}

}  // namespace orrery::wire
