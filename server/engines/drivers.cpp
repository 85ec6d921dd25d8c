#include "engines/choice.hpp"

namespace orrery::engines {

Drivers all_drivers() {
  Drivers drivers;
  drivers.emplace("postgres", postgres_driver());
  return drivers;
}

}  // namespace orrery::engines
