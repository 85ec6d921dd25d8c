#pragma once
#include <string>

#include "registry/context.hpp"

namespace orrery::dynamodb {

/// Client request tokens of transactions: a repetition within ten minutes has no effect and succeeds.
class Tokens {
 public:
  explicit Tokens(RequestContext& context) : context_(context) {}

  /// True when the request is to be carried out: no token, or one not seen. Throws
  /// IdempotentParameterMismatchException for a token that came with other parameters.
  bool claim(const std::string& token, const Json& parameters);

 private:
  RequestContext& context_;
};

}  // namespace orrery::dynamodb
