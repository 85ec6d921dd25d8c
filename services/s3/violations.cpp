#include "services/s3/violations.hpp"

#include "api/api.hpp"
#include "services/s3/errors.hpp"
#include "wire/codec.hpp"

namespace orrery::s3 {

AwsError violation_error(std::span<const Violation> violations) {
  const Violation& first = violations.front();
  const std::string value = first.value.is_string() ? first.value.get<std::string>() : "";
  if (first.path == "ACL") return errors::invalid_argument("", "x-amz-acl", value);
  if (first.path == "ObjectOwnership") {
    return errors::invalid_argument("Invalid x-amz-object-ownership header: " + value, "x-amz-object-ownership", value);
  }
  if (first.path == "ServerSideEncryption") {
    return errors::invalid_argument("The encryption method specified is not supported", "x-amz-server-side-encryption",
                                    value);
  }
  if (first.path == "EncodingType") {
    return errors::invalid_argument("Invalid Encoding Method specified in Request", "encoding-type", value);
  }
  if (first.path.starts_with("ObjectAttributes")) {
    return errors::invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", value);
  }
  if (first.path == "ChecksumAlgorithm") {
    return errors::invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
  }
  if (first.path.starts_with("WebsiteConfiguration") && first.member == "Protocol") {
    return errors::invalid_request(
        "Invalid protocol, protocol can be http or https. If not defined the protocol will be "
        "selected automatically.");
  }
  if (first.member == "Name" && first.path.find("FilterRules") != std::string::npos) {
    return errors::invalid_argument("filter rule name must be either prefix or suffix", "FilterRule.Name", value);
  }
  if (first.path.starts_with("AccessControlPolicy")) return errors::malformed_acl();
  return wire::validation_error(*api::find_service("s3"), violations);
}

}  // namespace orrery::s3
