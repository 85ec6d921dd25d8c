#pragma once
#include <string>

#include "engines/byte_stream.hpp"

namespace orrery::engines {

/// Asks a memcached for its version ("1.6.18"), in whichever of its two protocols it speaks. Throws ClientError.
std::string memcached_version(const ByteStream::Peer& peer);

}  // namespace orrery::engines
