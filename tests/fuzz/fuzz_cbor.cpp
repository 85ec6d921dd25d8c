#include "fuzz/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::http::Request request;
  request.method = "POST";
  request.path = "/";
  request.headers.add("Smithy-Protocol", "rpc-v2-cbor");
  return orrery::fuzz::read_as({"dynamodb", "kms", "secretsmanager"}, data, size, std::move(request));
}
