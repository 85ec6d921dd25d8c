#include "services/s3/second_layer.hpp"

#include <unistd.h>

#include "services/s3/access.hpp"
#include "services/s3/body_source.hpp"
#include "services/s3/upload_sink.hpp"

namespace orrery::s3 {

namespace {

constexpr const char* kTwice = "aws:kms:dsse";

bool lacks_layer(const Json& document, const std::string& data_key) {
  return layers_for(document.value("ServerSideEncryption", "")) == BodyCipher::Layers::two &&
         BodyCipher::layers(data_key) == BodyCipher::Layers::one;
}

NewBody encrypted_twice(const RequestContext& context, http::BodySource& source) {
  http::Headers headers;
  headers.set("x-amz-server-side-encryption", kTwice);
  UploadSink sink(headers, context.settings.data_dir);
  std::vector<char> buffer(256 * 1024);
  while (const std::size_t got = source.read(buffer)) sink.write(std::span(buffer).first(got));
  sink.finish({});
  return sink.take();
}

Segment added(RequestContext& context, NewBody&& body) {
  const std::uint64_t size = body.size;
  std::string key = body.key;
  return {store_of(context).add_body(std::move(body)), 0, size, std::move(key)};
}

}  // namespace

BodyCipher::Layers layers_for(std::string_view algorithm) {
  return algorithm == kTwice ? BodyCipher::Layers::two : BodyCipher::Layers::one;
}

Segment add_body(RequestContext& context, const Json& document, NewBody&& body) {
  if (!lacks_layer(document, body.key)) return added(context, std::move(body));
  NewBody twice = encrypted_twice(context, *open_source(body));
  if (!body.file.empty()) ::unlink(body.file.c_str());
  return added(context, std::move(twice));
}

void require_layers(RequestContext& context, const Json& document, std::vector<Segment>& segments) {
  for (auto& segment : segments) {
    if (!lacks_layer(document, segment.key)) continue;
    const auto source = open_source(store_of(context), {segment}, {0, segment.length});
    segment = added(context, encrypted_twice(context, *source));
  }
}

}  // namespace orrery::s3
