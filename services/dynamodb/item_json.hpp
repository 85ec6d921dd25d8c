#pragma once
#include <string>

#include "aws/json.hpp"

namespace orrery::dynamodb {

/// An item as "DynamoDB JSON" (what exports and imports are made of): as inside of Orrery, but with its binary values
/// in Base64.
Json portable_item(const Json& item);

/// An item of a client's DynamoDB JSON, checked and in normal form. Throws ValidationException.
Json item_of_portable(const Json& item);

}  // namespace orrery::dynamodb
