#include "fuzz/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::http::Request request;
  request.method = "PUT";
  request.path = "/bucket/key";
  return orrery::fuzz::read_as({"s3"}, data, size, std::move(request));
}
