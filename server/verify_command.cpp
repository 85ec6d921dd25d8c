#include <iostream>

#include "commands.hpp"
#include "verify/verify.hpp"

namespace orrery {

int print_verification(const std::string& endpoint, Format format) {
  const verify::Report report = verify::look_at(endpoint);
  if (format == Format::json) {
    std::cout << report.json().dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    report.print(std::cout);
  }
  return report.good() ? 0 : 1;
}

}  // namespace orrery
