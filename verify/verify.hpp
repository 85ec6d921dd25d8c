#pragma once
#include <string>

#include "verify/report.hpp"

namespace orrery::verify {

/// Looks at everything that the server at `endpoint` ("http://127.0.0.1:4566") keeps. Throws std::runtime_error when
/// no Orrery answers there.
Report look_at(const std::string& endpoint);

}  // namespace orrery::verify
