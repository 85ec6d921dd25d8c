#include "services/dynamodb/encryption.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"
#include "services/dynamodb/quotas.hpp"
#include "services/dynamodb/settling.hpp"

namespace orrery::dynamodb {

namespace {

/// How long the data key of a disabled key is still in use, and until the status of its tables follows (measured: 13
/// to 75 minutes, either way).
constexpr aws::Millis kDataKeyKept = 330'000, kStatusFollows = 1'800'000;

/// An error of KMS as DynamoDB passes it on.
std::string relayed(const std::string& type, const std::string& code, const std::string& message) {
  return "com.amazonaws.services.kms.model." + type + ": " + message +
         " (Service: AWSKMS; Status Code: 400; Error Code: " + code + "; Request ID: " + aws::uuid() + "; Proxy: null)";
}

AwsError unusable(const std::string& code, const std::string& message) {
  const char* kind = code == "DisabledException" ? "KMS key disabled error: " : "KMS validation error: ";
  return validation(kind + relayed(code, code, message));
}

AwsError key_access_denied(const RequestContext& context, const std::string& why) {
  return {"AccessDeniedException", 400,
          "KMS key access denied error: " +
              relayed("AWSKMSException", "AccessDeniedException",
                      "User: " + context.principal.arn + " is not authorized to perform: " + why)};
}

std::optional<AwsError> state_error(const KeyInfo& key) {
  if (key.state == "Enabled") return std::nullopt;
  if (key.state == "Disabled") return unusable("DisabledException", key.arn + " is disabled.");
  return unusable("KMSInvalidStateException",
                  key.arn + (key.state == "PendingImport" ? " is pending import." : " is pending deletion."));
}

/// Refuses keys of other accounts and regions, of other services, and of kinds for which there are no grants with an
/// encryption context.
KeyInfo usable_key(RequestContext& context, const std::string& reference) {
  const aws::Arn arn = aws::parse_arn(reference);
  if (arn.valid() && arn.region == context.region && arn.account != context.account) {
    throw key_access_denied(
        context,
        "kms:DescribeKey on this resource because the resource does not exist in this Region, no "
        "resource-based policies allow access, or a resource-based policy explicitly denies access");
  }
  const KeyInfo key = [&] {
    try {
      return context.peers.kms->require_key(context, reference);
    } catch (const AwsError& error) {
      throw unusable(error.code(), error.message());
    }
  }();
  if (const auto error = state_error(key)) throw AwsError(*error);
  if (key.spec != "SYMMETRIC_DEFAULT") {
    throw AwsError("InternalServerError", 500,
                   "KMS internal error: " + relayed("AWSKMSException", "ValidationException",
                                                    "EncryptionContext is supported only when creating a grant for "
                                                    "a symmetric encryption KMS key."));
  }
  if (key.manager == "AWS" && context.peers.kms->require_key(context, kManagedKey).arn != key.arn) {
    throw key_access_denied(context, "kms:CreateGrant on resource: " + key.arn +
                                         " because no resource-based policy allows the kms:CreateGrant action");
  }
  return key;
}

/// The key that is asked for; nullopt for DynamoDB's own. Without Enabled, SSEType turns it on.
std::optional<std::string> wanted_key(const Input& specification) {
  const auto type = specification.find_str("SSEType"), key = specification.find_str("KMSMasterKeyId");
  const auto enabled = specification.find_flag("Enabled");
  if (!enabled.value_or(type || key)) {
    if (type) throw invalid_parameter("SSEType can not be specified if Enabled is false");
    if (key) throw invalid_parameter("KMSMasterKeyId can not be specified if Enabled is false");
    return std::nullopt;
  }
  if (type == "AES256") throw invalid_parameter("SSEType AES256 is not supported");
  if (key && !type) throw invalid_parameter("SSEType KMS is required if KMSMasterKeyId is specified");
  return key.value_or(kManagedKey);
}

/// The ARN of the table's key; "" for DynamoDB's own.
std::string kms_key_of(const Json& document) {
  const auto sse = document.find("SSEDescription");
  return sse == document.end() ? "" : sse->value("KMSMasterKeyArn", "");
}

struct Trouble {
  AwsError error;
  aws::Millis since;
};

/// Why a key that was once usable is so no longer.
std::optional<Trouble> trouble(RequestContext& context, const std::string& arn) {
  const auto key = context.peers.kms->key(context, arn);
  if (!key) return Trouble{unusable("NotFoundException", "Key '" + arn + "' does not exist"), 0};
  if (const auto error = state_error(*key)) return Trouble{*error, key->unusable_at};
  return std::nullopt;
}

/// When DynamoDB saw that the key can't be used, where it has not seen the contrary since; 0 where the key is deleted,
/// and with it the time.
std::optional<aws::Millis> found_inaccessible(RequestContext& context, const std::string& arn) {
  const aws::Millis late = lasting(context, kStatusFollows);
  if (const auto found = trouble(context, arn)) {
    if (found->since == 0) return 0;
    return context.now >= found->since + late ? std::optional(found->since + late) : std::nullopt;
  }
  const KeyInfo key = context.peers.kms->require_key(context, arn);
  const aws::Millis seen = key.unusable_at + late;
  const bool noticed = key.unusable_at != 0 && seen < key.enabled_at && context.now < key.enabled_at + late;
  return noticed ? std::optional(seen) : std::nullopt;
}

}  // namespace

Json encrypted_with(const std::string& key_arn) {
  return {{"Status", "ENABLED"}, {"SSEType", "KMS"}, {"KMSMasterKeyArn", key_arn}};
}

Json sse_description(RequestContext& context, const std::optional<Input>& specification) {
  if (!specification) return {};
  const auto wanted = wanted_key(*specification);
  return wanted ? encrypted_with(usable_key(context, *wanted).arn) : Json();
}

void change_encryption(RequestContext& context, storage::Resource& table, const Input& specification) {
  Json& document = table.document;
  const auto wanted = wanted_key(specification);
  const std::string held = kms_key_of(document);
  if (!wanted && held.empty()) throw invalid_parameter("Table is already encrypted by default");
  if (wanted == held) {  // an alias or an id of the same key is a change
    throw invalid_parameter(
        "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want "
        "to change Master Key");
  }
  if (encryption_goes_on(context, table)) {
    if (wanted && usable_key(context, *wanted).arn == held) return;
    throw still_in_use("Server-Side Encryption is still being updated");
  }
  note_encryption_change(context, table);
  check_table_key(context, document);  // what is encrypted with it must be decrypted first
  const Json before = document.value("SSEDescription", Json());
  document.erase("SSEDescription");
  if (wanted) document["SSEDescription"] = encrypted_with(usable_key(context, *wanted).arn);
  begin_encryption(context, table, before);
}

void check_table_key(RequestContext& context, const Json& document) {
  if (const auto since = unreadable_since(context, document); since && *since <= context.now)
    throw AwsError(trouble(context, kms_key_of(document)).value().error);
}

std::optional<aws::Millis> unreadable_since(RequestContext& context, const Json& document) {
  const std::string arn = kms_key_of(document);
  if (arn.empty()) return std::nullopt;
  const auto found = trouble(context, arn);
  return found ? std::optional(found->since + lasting(context, kDataKeyKept)) : std::nullopt;
}

void show_key_state(RequestContext& context, Json& description) {
  const std::string arn = kms_key_of(description);
  if (arn.empty()) return;
  const auto since = found_inaccessible(context, arn);
  if (!since) return;
  if (description.at("TableStatus") == "ACTIVE") description["TableStatus"] = "INACCESSIBLE_ENCRYPTION_CREDENTIALS";
  if (*since != 0) description["SSEDescription"]["InaccessibleEncryptionDateTime"] = aws::seconds(*since);
}

}  // namespace orrery::dynamodb
