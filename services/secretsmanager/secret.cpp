#include "services/secretsmanager/secret.hpp"

#include <regex>

#include "aws/ids.hpp"
#include "registry/filters.hpp"

namespace orrery::secretsmanager {

namespace {

constexpr std::string_view kAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t kSuffix = 6;

/// The name in an ARN's resource "secret:<name>-<suffix>"; the suffix may be missing.
std::optional<storage::Resource> find_by_secret_arn(RequestContext& context, const std::string& arn) {
  const aws::Arn parts = aws::parse_arn(arn);
  if (parts.service != "secretsmanager" || !parts.resource.starts_with("secret:")) return std::nullopt;
  if (parts.account != context.account || parts.region != context.region) return std::nullopt;
  const std::string rest = parts.resource.substr(7);
  if (rest.size() > kSuffix + 1 && rest[rest.size() - kSuffix - 1] == '-') {
    auto exact = table(context).find(kSecret, rest.substr(0, rest.size() - kSuffix - 1));
    if (exact && exact->arn == arn) return exact;
  }
  return table(context).find(kSecret, rest);
}

bool gone(const RequestContext& context, const storage::Resource& secret) {
  const auto purge = secret.hidden.find("purge_at");
  return purge != secret.hidden.end() && purge->get<double>() <= context.timestamp();
}

std::string version_row(const std::string& secret, const std::string& id) { return secret + "|" + id; }

KmsPeer::EncryptionContext encryption_context(const std::string& arn, const std::string& version) {
  return {{"SecretARN", arn}, {"SecretVersionId", version}};
}

bool has_stage(const storage::Resource& version, const std::string& stage) {
  const Json& stages = version.document.at("VersionStages");
  return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

}  // namespace

storage::ResourceTable table(RequestContext& context) { return context.resources("secretsmanager", context.region); }

std::optional<Value> read_value(const Input& input) {
  const auto text = input.find_str("SecretString"), binary = input.find_str("SecretBinary");
  if (text && binary) {
    throw errors::invalid_parameter(
        "You can't specify both a binary secret value and a string secret value in the same secret.");
  }
  if (text) return Value{Value::Form::string, *text};
  if (binary) return Value{Value::Form::binary, *binary};
  return std::nullopt;
}

std::vector<storage::Resource> Secret::versions() const {
  std::vector<storage::Resource> out;
  const std::string prefix = version_row(name(), "");
  std::string after = prefix;
  for (bool more = true; more;) {
    auto rows = table(*context_).list(kVersion, after, 64);
    more = rows.size() == 64;
    for (auto& row : rows) {
      if (!row.id.starts_with(prefix)) {
        more = false;
        break;
      }
      after = row.id;
      out.push_back(std::move(row));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.created < b.created; });
  return out;
}

std::optional<storage::Resource> Secret::version(const std::string& id) const {
  return table(*context_).find(kVersion, version_row(name(), id));
}

std::optional<storage::Resource> Secret::version_at(const std::string& stage) const {
  for (auto& version : versions()) {
    if (has_stage(version, stage)) return std::move(version);
  }
  return std::nullopt;
}

Json Secret::ids_to_stages() const {
  Json out = Json::object();
  for (const auto& version : versions()) {
    const Json& stages = version.document.at("VersionStages");
    if (!stages.empty()) out[version.document.at("VersionId").get<std::string>()] = stages;
  }
  return out;
}

void Secret::seal(storage::Resource& version, const Value& value) const {
  std::string bytes = value.bytes;
  const std::string reference = key(), id = version.document.at("VersionId");
  const bool sealed = !reference.empty() && context_->peers.kms;
  if (sealed) {
    try {
      bytes = context_->peers.kms->encrypt(*context_, reference, bytes, encryption_context(arn(), id));
    } catch (const AwsError&) {
      throw errors::encryption_failure();
    }
  }
  version.document["KmsKeyIds"] = Json::array({reference.empty() ? "DefaultEncryptionKey" : reference});
  version.hidden = {{"value", aws::base64(bytes)}, {"binary", value.form == Value::Form::binary}, {"sealed", sealed}};
}

Value Secret::open(const storage::Resource& version) const {
  Value value;
  value.form = version.hidden.at("binary").get<bool>() ? Value::Form::binary : Value::Form::string;
  aws::base64_decode(version.hidden.at("value").get<std::string>(), value.bytes);
  if (!version.hidden.at("sealed").get<bool>() || !context_->peers.kms) return value;
  try {
    const std::string id = version.document.at("VersionId");
    value.bytes = context_->peers.kms->decrypt(*context_, value.bytes, encryption_context(arn(), id));
  } catch (const AwsError&) {
    throw errors::decryption_failure();
  }
  return value;
}

void Secret::add_version(const std::string& id, const Value& value, const std::vector<std::string>& stages) {
  const bool first = versions().empty();
  storage::Resource version;
  version.kind = kVersion;
  version.id = version_row(name(), id);
  version.created = context_->now;
  version.document = {{"VersionId", id}, {"VersionStages", Json::array()}, {"CreatedDate", context_->timestamp()}};
  seal(version, value);
  table(*context_).put(version);
  for (const std::string& stage : stages) move_stage(stage, id);
  // The first version is the current one whatever was asked for (API reference, PutSecretValue).
  if (first && std::find(stages.begin(), stages.end(), kCurrent) == stages.end()) move_stage(kCurrent, id);
}

void Secret::move_stage(const std::string& stage, const std::string& to_version) {
  const auto holder = version_at(stage);
  const std::string from = holder ? holder->document.at("VersionId").get<std::string>() : "";
  if (from == to_version) return;
  if (holder) remove_stage(stage, from);
  auto target = version(to_version);
  target->document["VersionStages"].push_back(stage);
  table(*context_).put(*target);
  if (stage != kCurrent) return;
  remove_stage(kPrevious, to_version);
  if (holder) move_stage(kPrevious, from);
}

void Secret::remove_stage(const std::string& stage, const std::string& from_version) {
  auto holder = version(from_version);
  Json& stages = holder->document["VersionStages"];
  const auto at = std::find(stages.begin(), stages.end(), stage);
  if (at == stages.end()) return;
  stages.erase(at);
  table(*context_).put(*holder);
}

void Secret::reencrypt() {
  for (auto& version : versions()) {
    if (version.document.at("VersionStages").empty()) continue;
    seal(version, open(version));
    table(*context_).put(version);
  }
}

void Secret::put_copy(storage::Resource version, const Value& value) {
  seal(version, value);
  table(*context_).put(version);
}

Json Secret::tags() const {
  Json out = Json::array();
  for (const auto& [key, value] : table(*context_).tags(kSecret, name()))
    out.push_back({{"Key", key}, {"Value", value}});
  return out;
}

void Secret::erase() {
  for (const auto& version : versions()) table(*context_).erase(kVersion, version.id);
  table(*context_).erase(kSecret, name());
}

std::optional<Secret> lookup(RequestContext& context, const std::string& reference) {
  auto found =
      reference.starts_with("arn:") ? find_by_secret_arn(context, reference) : table(context).find(kSecret, reference);
  if (!found || gone(context, *found)) return std::nullopt;
  return Secret(context, std::move(*found));
}

Secret find_secret(RequestContext& context, const std::string& reference) {
  auto secret = lookup(context, reference);
  if (!secret) throw errors::secret_not_found();
  return std::move(*secret);
}

Secret find_active(RequestContext& context, const std::string& reference) {
  Secret secret = find_secret(context, reference);
  if (secret.scheduled()) throw errors::marked_for_deletion();
  return secret;
}

Secret find_writable(RequestContext& context, const std::string& reference) {
  Secret secret = find_active(context, reference);
  if (secret.is_replica()) throw errors::on_a_replica();
  return secret;
}

Secret make_secret(RequestContext& context, const NewSecret& wanted) {
  static const std::regex allowed("[A-Za-z0-9/_+=.@!-]+");
  if (!std::regex_match(wanted.name, allowed)) {
    throw errors::validation(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!");
  }
  storage::Resource resource;
  resource.kind = kSecret;
  resource.id = wanted.name;
  resource.arn = aws::arn("secretsmanager", context.region, context.account,
                          "secret:" + wanted.name + "-" + aws::random_text(kSuffix, kAlphanumeric));
  resource.created = context.now;
  resource.document = wanted.document;
  resource.document.update({{"ARN", resource.arn},
                            {"Name", wanted.name},
                            {"CreatedDate", context.timestamp()},
                            {"LastChangedDate", context.timestamp()}});
  // A secret whose recovery window has ended, and which the clock has not swept away yet.
  if (auto old = table(context).find(kSecret, wanted.name)) Secret(context, std::move(*old)).erase();
  Secret secret(context, std::move(resource));
  secret.save();
  table(context).tag(kSecret, wanted.name, wanted.tags);
  return secret;
}

storage::Tags read_tags(const Input& input) {
  storage::Tags tags;
  for (const Input& tag : input.objects("Tags")) {
    const std::string key = tag.str("Key");
    if (key.starts_with("aws:")) throw errors::invalid_parameter("Tag keys that begin with aws: are reserved.");
    if (!tags.emplace(key, tag.str("Value")).second) throw errors::invalid_parameter("Duplicate tag key: " + key);
  }
  if (tags.size() > 50) throw errors::invalid_parameter("A secret can have at most 50 tags.");
  return tags;
}

}  // namespace orrery::secretsmanager
