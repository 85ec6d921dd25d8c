#pragma once
#include <string>

#include "engines/login_gate.hpp"
#include "pipeline/host.hpp"

namespace orrery {

/// Holds the token of an IAM login to a database against what AWS demands of it ("IAM database authentication", RDS
/// user guide): signed for rds-db, this user, the region and account of the database, not older than 15 minutes; the
/// signature too where we know the secret. "": it is good; else why it is not.
std::string refusal(const pipeline::Host& host, const engines::TokenLogin& login);

}  // namespace orrery
