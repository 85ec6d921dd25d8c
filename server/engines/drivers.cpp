#include "engines/choice.hpp"

namespace orrery::engines {

Drivers all_drivers() {
  Drivers drivers;
  drivers.emplace("postgres", postgres_driver());
  // Valkey speaks Redis' protocol, reads its configuration and has its programs under their names.
  for (const char* software : {"redis", "valkey"}) drivers.emplace(software, redis_driver());
  drivers.emplace("mariadb", mariadb_driver());
  drivers.emplace("mysql", mysql_driver());
  drivers.emplace("memcached", memcached_driver());
  return drivers;
}

}  // namespace orrery::engines
