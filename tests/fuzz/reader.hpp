#pragma once
#include <cstdint>
#include <string>

#include "wire/codec.hpp"

// A reader's libFuzzer target: the first two bytes choose one of the services' operations, the rest is the body.
namespace orrery::fuzz {

inline int read_as(std::initializer_list<const char*> services, const std::uint8_t* data, std::size_t size,
                   http::Request request) {
  if (size < 2) return 0;
  const auto service = *api::find_service(*(services.begin() + data[0] % services.size()));
  const std::size_t chosen = (data[0] / services.size() * 256 + data[1]) % service.operations();
  const auto operation = service.operation_at(chosen);
  request.body.assign(reinterpret_cast<const char*>(data) + 2, size - 2);
  try {
    const Json input = wire::read(operation, request);
    const auto violations = wire::validate(operation, input);
    if (!violations.empty()) {
      wire::write_error(service, request, wire::validation_error(service, violations), "request");
    }
  } catch (const AwsError& error) {
    wire::write_error(service, request, error, "request");
  }
  return 0;
}

}  // namespace orrery::fuzz
