#include "engines/choice.hpp"

namespace orrery::engines {

Drivers all_drivers() {
  return {};
}

}  // namespace orrery::engines
