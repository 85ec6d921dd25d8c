#pragma once
#include <string>
#include <vector>

#include "registry/context.hpp"
#include "registry/findings.hpp"
#include "registry/input.hpp"
#include "services/rds/engines.hpp"

namespace orrery::rds {

// What RDS refuses of an instance's plain values. `arn` names the instance in findings.

const Engine& checked_engine(const std::string& name);
ChosenVersion checked_version(RequestContext& context, const Engine& engine, const std::string& wanted,
                              const std::string& arn);
void check_user_name(RequestContext& context, const Engine& engine, const std::string& name, const std::string& arn);
void check_password(RequestContext& context, const Engine& engine, const std::string& password, const std::string& arn);
void check_class(const std::string& instance_class);
void check_database_name(const Engine& engine, const std::string& name);
void check_log_types(const Engine& engine, const ChosenVersion& version, const std::vector<std::string>& types);
void check_license(const Engine& engine, const std::string& license);
void check_option_group(const Engine& engine, const ChosenVersion& version, const std::string& name);
void check_range(std::string_view parameter, std::int64_t value, std::int64_t least, std::int64_t most);
/// The certificate authority to use: the default one when `wanted` is "".
std::string checked_certificate(RequestContext& context, const std::string& wanted, const std::string& arn);
/// Refuses what only engines other than these have (domains, time zones, character sets, processor features, …).
void refuse_foreign(const Engine& engine, const Input& input);
/// Advice on an instance as it stands.
void give_advice(RequestContext& context, const storage::Resource& instance);
void settle_all(RequestContext& context, const std::string& arn);

}  // namespace orrery::rds
