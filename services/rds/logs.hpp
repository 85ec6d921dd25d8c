#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::rds {

Json describe_log_files(RequestContext&, const Input&);
Json download_log_file_portion(RequestContext&, const Input&);

}  // namespace orrery::rds
