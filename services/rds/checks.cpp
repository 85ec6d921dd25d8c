#include "services/rds/checks.hpp"

#include <algorithm>

#include "services/rds/certificate.hpp"
#include "services/rds/errors.hpp"
#include "services/rds/names.hpp"
#include "services/rds/watch_engine.hpp"

namespace orrery::rds {

namespace {

constexpr Rule kReservedUser{"rds-reserved-master-username",
                             "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"};
constexpr Rule kPasswordCharacters{
    "rds-master-password-characters",
    "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"};
constexpr Rule kExpiredAuthority{"rds-expired-certificate-authority",
                                 "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"};
constexpr Rule kUnprotected{"rds-no-deletion-protection",
                            "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"};
constexpr std::string_view kVersionRule = "rds-engine-version-withdrawn";

template <typename Range>
bool contains(const Range& range, std::string_view text) {
  return std::find(std::begin(range), std::end(range), text) != std::end(range);
}

}  // namespace

const Engine& checked_engine(const std::string& name) {
  if (const Engine* engine = find_engine(lower(name))) return *engine;
  if (known_elsewhere(lower(name))) throw not_built("The RDS engine '" + name + "'");
  throw invalid_parameter_value("Invalid DB engine");
}

ChosenVersion checked_version(RequestContext& context, const Engine& engine, const std::string& wanted,
                              const std::string& arn) {
  const auto chosen = choose_version(engine, wanted, context.now);
  AwsError refusal =
      invalid_parameter_combination("Cannot find version " + wanted + " for " + std::string(engine.name));
  if (!chosen) throw refusal;
  const Rule rule{kVersionRule, engine.calendar};
  if (!withdrawn(*chosen->version, context.now)) {
    settle(context, rule, arn);
    return *chosen;
  }
  if (chosen->version->withdrawn != "-" && context.settings.strictness == Strictness::lenient)
    refusal = invalid_parameter_combination(refusal.message() + " (not offered since " +
                                            std::string(chosen->version->withdrawn) + ")");
  would_refuse(context, rule, arn, refusal);
  return *chosen;
}

void check_user_name(RequestContext& context, const Engine& engine, const std::string& name, const std::string& arn) {
  if (name.empty())
    throw invalid_parameter_value("The parameter MasterUsername must be provided and must not be blank.");
  const bool letter = std::isalpha(static_cast<unsigned char>(name.front())) != 0;
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  if (!letter || !plain || name.size() > engine.longest_user_name)
    throw invalid_parameter_value(
        "The parameter MasterUsername must begin with a letter; must contain only alphanumeric characters or "
        "underscores; and must have at most " +
        std::to_string(engine.longest_user_name) + " characters.");
  const std::string folded = lower(name);
  if (contains(engine.reserved_names, folded) || (is_postgres(engine.name) && folded.starts_with("pg_")))
    would_refuse(context, kReservedUser, arn,
                 invalid_parameter_value("MasterUsername " + name +
                                         " cannot be used as it is a reserved word used by the engine"));
}

void check_password(RequestContext& context, const Engine& engine, const std::string& password,
                    const std::string& arn) {
  const std::string prefix = "The parameter MasterUserPassword is not a valid password";
  if (password.size() < 8) throw invalid_parameter_value(prefix + " because it is shorter than 8 characters.");
  if (password.size() > engine.longest_password)
    throw invalid_parameter_value(prefix + " because it is longer than " + std::to_string(engine.longest_password) +
                                  " characters.");
  const bool allowed = std::all_of(password.begin(), password.end(),
                                   [](char c) { return c > ' ' && c <= '~' && c != '/' && c != '@' && c != '"'; });
  if (allowed) return settle(context, kPasswordCharacters, arn);
  would_refuse(
      context, kPasswordCharacters, arn,
      invalid_parameter_value(prefix + ". Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."));
}

void check_class(const std::string& instance_class) {
  const auto dot = instance_class.find('.', 3);
  if (instance_class.starts_with("db.") && dot != std::string::npos && dot > 3) {
    const std::string size = instance_class.substr(dot + 1);
    static constexpr std::string_view kSizes[] = {"micro", "small", "medium", "large", "xlarge"};
    const auto digits = size.find_first_not_of("0123456789");
    if (contains(kSizes, size) || (digits > 0 && digits != std::string::npos && size.substr(digits) == "xlarge"))
      return;
  }
  throw invalid_parameter_value("Invalid DB Instance class: " + instance_class);
}

void check_database_name(const Engine& engine, const std::string& name) {
  const bool letter =
      std::isalpha(static_cast<unsigned char>(name.front())) != 0 || (name.front() == '_' && is_postgres(engine.name));
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
  if (!letter || !plain)
    throw invalid_parameter_value("DBName must begin with a letter and contain only alphanumeric characters.");
  if (name.size() > (is_postgres(engine.name) ? 63u : 64u))
    throw invalid_parameter_value("DBName is too long: " + name);
  if (is_postgres(engine.name) && contains(engine.reserved_names, lower(name)) && lower(name) != "admin")
    throw invalid_parameter_value("DBName " + name + " cannot be used as it is a reserved word used by the engine");
}

void check_log_types(const Engine& engine, const ChosenVersion& version, const std::vector<std::string>& types) {
  std::string foreign;
  for (const std::string& type : types)
    if (!contains(engine.log_types, type)) foreign += (foreign.empty() ? "'" : ", '") + type + "'";
  if (!foreign.empty())
    throw invalid_parameter_combination("You cannot use the log types " + foreign + " with engine version " +
                                        std::string(engine.name) + " " + std::string(version.version->version) +
                                        ". For supported log types, see the documentation.");
}

void check_license(const Engine& engine, const std::string& license) {
  if (license != engine.license)
    throw invalid_parameter_combination("Invalid license model '" + license + "' for engine '" +
                                        std::string(engine.name) +
                                        "'. Valid license models are: " + std::string(engine.license) + ".");
}

void check_option_group(const Engine& engine, const ChosenVersion& version, const std::string& name) {
  if (name != default_option_group(engine, *version.major)) throw option_group_not_found(name);
}

void check_range(std::string_view parameter, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least || value > most)
    throw invalid_parameter_value("Invalid value " + std::to_string(value) + " for " + std::string(parameter) +
                                  ". Must be between " + std::to_string(least) + " and " + std::to_string(most) + ".");
}

std::string checked_certificate(RequestContext& context, const std::string& wanted, const std::string& arn) {
  const std::string name = wanted.empty() ? std::string(kDefaultAuthority) : wanted;
  const Authority* authority = find_authority(name);
  if (!authority) throw certificate_not_found(name);
  if (!expired(*authority, context.now)) {
    settle(context, kExpiredAuthority, arn);
    return name;
  }
  would_refuse(context, kExpiredAuthority, arn, certificate_not_found(name));
  return name;
}

void refuse_foreign(const Engine& engine, const Input& input) {
  const std::string suffix = " isn't supported for engine " + std::string(engine.name) + ".";
  for (const char* member : {"CharacterSetName", "NcharCharacterSetName", "Timezone", "TdeCredentialArn",
                             "TdeCredentialPassword", "CustomIamInstanceProfile", "DBSystemId", "DomainFqdn",
                             "DomainOu", "DomainAuthSecretArn", "ReplicaMode", "AutomationMode"})
    if (!input.str(member).empty())
      throw invalid_parameter_combination("The parameter " + std::string(member) + suffix);
  for (const char* member : {"ProcessorFeatures", "DomainDnsIps", "DBSecurityGroups", "AdditionalStorageVolumes"})
    if (!input.json(member).empty())
      throw invalid_parameter_combination("The parameter " + std::string(member) + suffix);
  for (const char* member : {"MultiTenant", "EnableCustomerOwnedIp"})
    if (input.flag(member)) throw invalid_parameter_combination("The parameter " + std::string(member) + suffix);
  if (const std::string domain = input.str("Domain"); !domain.empty())
    throw AwsError("DomainNotFoundFault", 404, "Domain " + domain + " is not found.");
  if (input.str("DomainIAMRoleName") != "")
    throw invalid_parameter_combination("DomainIAMRoleName can only be specified together with Domain.");
}

void give_advice(RequestContext& context, const storage::Resource& instance) {
  if (instance.document.value("DeletionProtection", false))
    settle(context, kUnprotected, instance.arn);
  else
    advise(context, kUnprotected, instance.arn,
           "The database " + instance.id + " can be deleted by one call: DeletionProtection is off.");
}

void settle_all(RequestContext& context, const std::string& arn) {
  for (const Rule& rule : {kReservedUser, kPasswordCharacters, kExpiredAuthority, kUnprotected, Rule{kVersionRule, ""}})
    settle(context, rule, arn);
  forget_engine(context, arn);
}

}  // namespace orrery::rds
