#pragma once
#include "registry/service.hpp"

namespace orrery::dynamodb {

// The operations of the API dynamodbstreams (stream_operations.cpp).

Json list_streams(RequestContext&, const Input&);
Json describe_stream(RequestContext&, const Input&);
Json get_shard_iterator(RequestContext&, const Input&);
Json get_records(RequestContext&, const Input&);

}  // namespace orrery::dynamodb
