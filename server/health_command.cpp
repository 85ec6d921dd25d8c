#include <iostream>

#include "commands.hpp"
#include "net/fetch.hpp"

namespace orrery {

int print_health(const std::string& endpoint) {
  const net::Fetched answer = net::fetch(endpoint, "/_orrery/health");
  if (answer.status != 200) throw std::runtime_error("no Orrery answers at " + endpoint);
  std::cout << answer.body;
  return 0;
}

}  // namespace orrery
