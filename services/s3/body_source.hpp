#pragma once
#include <memory>

#include "http/message.hpp"
#include "services/s3/conditions.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// A stream of `range` of the bytes that `segments` (with their data keys, not wrapped) make. The first files are
/// opened now and the others held, so that a delete does not disturb the stream.
std::unique_ptr<http::BodySource> open_source(const ObjectStore& store, const std::vector<Segment>& segments,
                                              ByteRange range);

/// A stream of the plain bytes of a body that no transaction has taken over.
std::unique_ptr<http::BodySource> open_source(const NewBody& body);

/// A stream of bytes in memory.
std::unique_ptr<http::BodySource> text_source(std::string text);

/// The segments that make `range` of `segments`.
std::vector<Segment> slice(const std::vector<Segment>& segments, ByteRange range);

}  // namespace orrery::s3
