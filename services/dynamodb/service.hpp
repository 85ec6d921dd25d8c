#pragma once
#include "registry/service.hpp"

namespace orrery::dynamodb {

const Service& service();

/// DynamoDB Streams: an API of its own (services/dynamodbstreams/api.json) over the data of this service.
const Service& streams_service();

}  // namespace orrery::dynamodb
