#pragma once
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "aws/json.hpp"

namespace orrery::dynamodb {

// Amazon Ion's text form, as DynamoDB's exports and imports use it ("DynamoDB table export output format" in the
// developer guide; amazon-ion.github.io/ion-docs):
//
//   line       = ("$ion_1_0" | annotated)*
//   annotated  = (symbol "::")* value
//   value      = "null" | "true" | "false" | number | string | blob | list | struct
//   number     = ["-"] digits ["." [digits]] [("d" | "D" | "e" | "E") ["-" | "+"] digits]
//   string     = '"' … '"'
//   blob       = "{{" base64 "}}"
//   list       = "[" [annotated ("," annotated)* [","]] "]"
//   struct     = "{" [field ("," field)* [","]] "}" ;  field = (symbol | string) ":" annotated
//
// A list with the annotation $dynamodb_SS, $dynamodb_NS or $dynamodb_BS is a set. Timestamps, clobs, long strings and
// symbols as values have no DynamoDB type.

class IonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An item's members as an Ion struct.
std::string ion_struct(const Json& item);

/// The values of a line as attribute values ({"M": {…}}, {"N": "103"}), without their checks. Throws IonError.
std::vector<Json> read_ion(std::string_view line);

}  // namespace orrery::dynamodb
