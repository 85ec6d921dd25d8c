#pragma once
#include <optional>
#include <string>

#include "registry/context.hpp"

namespace orrery::dynamodb {

/// A table's stream is a resource of its own, because it outlives its table: it can be read for 24 hours after its end.
/// It has one shard.
struct Stream {
  static constexpr std::string_view kKind = "stream";
  static constexpr aws::Millis kRetention = 24 * 3600 * 1000;

  storage::Resource resource;  ///< the document is a StreamDescription without its shards

  std::int64_t log() const { return resource.hidden.at("Log").get<std::int64_t>(); }
  aws::Millis created() const { return resource.created; }
  /// When it was turned off, or its table deleted.
  std::optional<aws::Millis> ended() const;
  bool over(aws::Millis now) const { return ended() && *ended() + kRetention < now; }
  std::string shard_id() const;

  /// 25 digits: numbers grow from record to record and from stream to stream.
  std::string sequence_number(std::int64_t sequence) const;
  /// The record's place that a number means; nullopt for text that is no sequence number.
  std::optional<std::int64_t> sequence(const std::string& number) const;
};

/// The resources of streams in the context's account and region, whichever API asks.
storage::ResourceTable streams(RequestContext& context);
/// By ARN; nullopt for one that is not there, or is over.
std::optional<Stream> find_stream(RequestContext& context, const std::string& arn);

/// Turns a table's stream on or off; `table` is to be put by the caller.
void open_stream(RequestContext& context, storage::Resource& table, const std::string& view_type);
void close_stream(RequestContext& context, storage::Resource& table);
/// Ends the stream of a table that is deleted, and describes it until it is gone.
void end_stream(RequestContext& context, const storage::Resource& table);

/// Removes streams that are over, in every account and region.
void forget_streams(RequestContext& context);

}  // namespace orrery::dynamodb
