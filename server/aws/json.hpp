#pragma once
#include <nlohmann/json.hpp>

namespace orrery {

/// The one value type between codecs, handlers and the store. Conventions, the same for every protocol:
/// structures are objects keyed by the API table's member names; maps are objects; timestamps are numbers, seconds
/// since the epoch (integer, or double with milliseconds); blobs are strings of raw bytes (not base64: a document
/// that is stored holds base64 where it holds a blob, because stored JSON is UTF-8); long integers are int64.
using Json = nlohmann::json;

}  // namespace orrery
