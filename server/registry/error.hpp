#pragma once
#include <exception>
#include <string>

#include "aws/json.hpp"

namespace orrery {

/// What a handler throws and a codec writes in its protocol's form. `code` is the code on the wire (for RDS
/// "DBInstanceNotFound", not the shape's name), `status` the HTTP status. Each service names its own in errors.hpp.
class AwsError : public std::exception {
 public:
  AwsError(std::string code, int status, std::string message)
      : code_(std::move(code)), status_(status), message_(std::move(message)) {}

  /// An additional member of the error's shape, by the API table's name.
  AwsError with(std::string member, Json value) && {
    members_[std::move(member)] = std::move(value);
    return std::move(*this);
  }

  const std::string& code() const { return code_; }
  int status() const { return status_; }
  const std::string& message() const { return message_; }
  const Json& members() const { return members_; }
  bool server_fault() const { return status_ >= 500; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string code_;
  int status_;
  std::string message_;
  Json members_ = Json::object();
};

}  // namespace orrery
