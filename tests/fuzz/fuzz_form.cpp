#include "fuzz/reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::http::Request request;
  request.method = "POST";
  request.path = "/";
  return orrery::fuzz::read_as({"ec2", "iam", "rds", "elasticache", "sts"}, data, size, std::move(request));
}
