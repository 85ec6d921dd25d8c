#include "pipeline/errors.hpp"

namespace orrery::pipeline {

AwsError unknown_operation(const api::ServiceView& service, const std::string& name) {
  switch (service.protocol()) {
    case api::Protocol::query:
      if (name.empty()) return {"MissingAction", 400, "The request must contain the parameter Action"};
      // As STS, IAM and SES word it (github.com/aws/aws-cli/issues/37).
      return {"InvalidAction", 400,
              "Could not find operation " + name + " for version " + std::string(service.api_version())};
    case api::Protocol::ec2:
      if (name.empty()) return {"MissingAction", 400, "The request must contain the parameter Action"};
      return {"InvalidAction", 400, "The action " + name + " is not valid for this web service."};
    case api::Protocol::rest_xml:
      return {"MethodNotAllowed", 405, "The specified method is not allowed against this resource."};
    case api::Protocol::rest_json:
      return {"UnknownOperationException", 404, "Unable to determine service/operation name to be authorized"};
    default:
      return {"UnknownOperationException", 400, "The operation " + name + " is not known to this service."};
  }
}

AwsError internal_failure(const api::ServiceView& service, Failure failure) {
  if (service.protocol() == api::Protocol::rest_xml) {
    return {"InternalError", failure == Failure::disk_full ? 507 : 500,
            "We encountered an internal error. Please try again."};
  }
  return {"InternalFailure", 500,
          "The request processing has failed because of an unknown error, exception or failure."};
}

}  // namespace orrery::pipeline
