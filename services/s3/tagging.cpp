#include "services/s3/tagging.hpp"

#include <set>

#include "http/message.hpp"
#include "services/s3/access.hpp"
#include "services/s3/errors.hpp"
#include "services/s3/replication.hpp"

namespace orrery::s3 {

namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// "Tagging restrictions": letters, digits, spaces and + - = . _ : / @, of any script.
bool has_others(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && !std::isalnum(byte) && std::string_view(" +-=._:/@\t\n\r").find(c) == std::string_view::npos;
  });
}

void check(const Json& tags, TagLimit limit) {
  if (limit == TagLimit::object && tags.size() > 10) {
    throw errors::make("BadRequest", 400, "Object tags cannot be greater than 10");
  }
  if (tags.size() > 50) throw errors::make("BadRequest", 400, "Bucket tag count cannot be greater than 50");
  std::set<std::string> seen;
  for (const auto& tag : tags) {
    const std::string key = tag.at("Key"), value = tag.at("Value");
    if (key.empty() || characters(key) > 128 || has_others(key)) {
      throw errors::invalid_tag("The TagKey you have provided is invalid").with("TagKey", key);
    }
    if (characters(value) > 256 || has_others(value)) {
      throw errors::invalid_tag("The TagValue you have provided is invalid")
          .with("TagKey", key)
          .with("TagValue", value);
    }
    if (key.starts_with("aws:")) {
      throw errors::invalid_tag(limit == TagLimit::object ? "Your TagKey cannot be prefixed with aws:"
                                                          : "System tags cannot be added/updated by requester")
          .with("TagKey", key);
    }
    if (!seen.insert(key).second) {
      throw errors::invalid_tag("Cannot provide multiple Tags with the same key").with("TagKey", key);
    }
  }
}

Json with_version(const Bucket& bucket, const Version& version) {
  return bucket.versioning == Versioning::never ? Json::object() : Json{{"VersionId", version.id}};
}

}  // namespace

Json tags_from(const Input& input, std::string_view name, TagLimit limit) {
  Json tags = Json::array();
  for (const auto& tag : input.objects(name)) {
    if (!tag.has("Key") || !tag.has("Value")) throw errors::malformed_xml();
    tags.push_back({{"Key", tag.str("Key")}, {"Value", tag.str("Value")}});
  }
  check(tags, limit);
  return tags;
}

Json tags_from_header(const std::string& header) {
  Json tags = Json::array();
  for (const auto& [key, value] : http::parse_query(header)) tags.push_back({{"Key", key}, {"Value", value}});
  try {
    check(tags, TagLimit::object);
  } catch (const AwsError& error) {
    if (error.code() != "InvalidTag") throw;
    throw errors::invalid_argument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
        "parameters without tag name duplicates.",
        "x-amz-tagging", header);
  }
  return tags;
}

Json get_bucket_tagging(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const auto tags = store_of(context).config(bucket.name, "tagging");
  if (!tags) throw errors::make("NoSuchTagSet", 404, "The TagSet does not exist").with("BucketName", bucket.name);
  return {{"TagSet", *tags}};
}

Json put_bucket_tagging(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  store_of(context).put_config(bucket.name, "tagging", "", tags_from(input.object("Tagging"), "TagSet"));
  return Json::object();
}

Json delete_bucket_tagging(RequestContext& context, const Input& input) {
  store_of(context).erase_config(bucket_of(context, input).name, "tagging");
  return Json::object();
}

Json get_object_tagging(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  const Version version = version_of(context, input, bucket);
  Json out = with_version(bucket, version);
  out["TagSet"] = version.hidden.value("Tags", Json::array());
  return out;
}

Json put_object_tagging(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_to_configure(context, input);
  Version version = version_of(context, input, bucket);
  version.hidden["Tags"] = tags_from(input.object("Tagging"), "TagSet", TagLimit::object);
  store_of(context).update(version);
  replicate_change(context, bucket, version);
  return with_version(bucket, version);
}

Json delete_object_tagging(RequestContext& context, const Input& input) {
  const Bucket bucket = bucket_of(context, input);
  Version version = version_of(context, input, bucket);
  version.hidden.erase("Tags");
  store_of(context).update(version);
  replicate_change(context, bucket, version);
  return with_version(bucket, version);
}

}  // namespace orrery::s3
