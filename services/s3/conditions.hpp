#pragma once
#include <optional>

#include "registry/context.hpp"
#include "registry/input.hpp"
#include "services/s3/object_store.hpp"

namespace orrery::s3 {

/// The conditions of a read: `prefix` is "" or "CopySource". Throws NotModified (for a plain read) or
/// PreconditionFailed. RFC 9110, 13.2.2: If-Match goes before If-Unmodified-Since, If-None-Match before
/// If-Modified-Since.
void check_read_conditions(const Input& input, const Version& version, const std::string& prefix);

/// If-Match and If-None-Match of a write against what is there now. In one transaction with the write, so of many
/// writers with If-None-Match: * one wins.
void check_write_conditions(const Input& input, const std::optional<Version>& current, const std::string& key);

bool is_object(const std::optional<Version>& current);
/// After check_write_conditions(), for the completion of an upload: what it asks of the key was otherwise when the
/// upload began. Throws ConditionalRequestConflict.
void check_no_conflict(const Input& input, const Upload& upload, const std::optional<Version>& current);

/// The bytes that a Range header names; nullopt for the whole. Throws InvalidRange.
struct ByteRange {
  std::uint64_t first = 0, length = 0;
};
std::optional<ByteRange> parse_range(const std::string& header, std::uint64_t size);

}  // namespace orrery::s3
