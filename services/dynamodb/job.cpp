#include "services/dynamodb/job.hpp"

#include "aws/ids.hpp"
#include "services/dynamodb/errors.hpp"

namespace orrery::dynamodb {

namespace {

constexpr aws::Millis kTokenValidity = aws::Millis{8} * 3600 * 1000;
constexpr aws::Millis kListed = aws::Millis{90} * 24 * 3600 * 1000;
constexpr std::size_t kDefaultPage = 10;
constexpr std::size_t kTokenBlock = 8, kTokenPayload = 48;

/// Opaque as AWS's: at least 112 hexadecimal digits, a multiple of 16 (ImportNextToken in the API's model).
std::string next_token(const char* kind, const std::string& last) {
  std::string payload = std::string(kind) + '\n' + last;
  payload.resize(std::max(kTokenPayload, (payload.size() + kTokenBlock - 1) / kTokenBlock * kTokenBlock), '\0');
  return aws::hex(aws::md5(payload) + payload);
}

std::string last_of_token(const char* kind, const std::string& token) {
  constexpr std::size_t kDigest = 16;
  std::string bytes;
  for (std::size_t n = 0; n + 1 < token.size(); n += 2) {
    int value = 0;
    std::from_chars(token.data() + n, token.data() + n + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  const std::string prefix = std::string(kind) + '\n';
  const bool valid = bytes.size() > kDigest && aws::md5(bytes.substr(kDigest)) == bytes.substr(0, kDigest) &&
                     bytes.substr(kDigest).starts_with(prefix);
  if (!valid) throw invalid_request("Provided nextToken is invalid: " + token);
  bytes.erase(0, kDigest + prefix.size());
  return bytes.substr(0, bytes.find('\0'));  // without the padding
}

bool over(const RequestContext& context, const storage::Resource& job) {
  return job.hidden.at("EndsAt").get<aws::Millis>() <= context.now;
}

}  // namespace

std::string new_job_id(const RequestContext& context) {
  return "0" + std::to_string(context.now) + "-" + aws::random_hex(8);
}

void set_end(const RequestContext& context, storage::Resource& job, const char* end_member, aws::Millis realistic) {
  const aws::Millis end = context.now + (context.settings.lifecycle == Lifecycle::realistic ? realistic : 1);
  job.hidden["EndsAt"] = end;
  job.document[end_member] = aws::seconds(end);
}

Json started_description(const JobShape& shape, const storage::Resource& job) {
  Json out = job.document;
  for (const char* member : shape.final_members) out.erase(member);
  out[shape.status] = "IN_PROGRESS";
  return out;
}

Json job_description(const RequestContext& context, const JobShape& shape, const storage::Resource& job) {
  return over(context, job) ? job.document : started_description(shape, job);
}

storage::Resource require_job(RequestContext& context, const JobShape& shape, const std::string& arn,
                              const std::function<AwsError(const std::string& reason)>& not_found) {
  const auto parts = aws::parse_arn(arn);
  const std::string what = std::string("Invalid ") + (shape.kind[0] == 'e' ? "Export" : "Import") + " ARN";
  if (!parts.valid()) throw validation(what);
  if (parts.account != context.account) throw access_denied();
  const auto middle = parts.resource.find(std::string("/") + shape.kind + "/");
  if (!parts.resource.starts_with("table/") || middle == std::string::npos) throw validation(what);
  if (parts.region != context.region) throw not_found(std::string("Invalid ") + shape.kind + " arn");
  auto job = context.resources().find(shape.kind, parts.resource.substr(parts.resource.rfind('/') + 1));
  if (!job || job->arn != arn)
    throw not_found(std::string(shape.kind[0] == 'e' ? "Export" : "Import") + " not found: " + arn);
  return std::move(*job);
}

JobFailure failure_of(const RequestContext& context, const AwsError& refused) {
  static constexpr std::pair<std::string_view, std::string_view> kCodes[] = {
      {"NoSuchBucket", "S3NoSuchBucket"},
      {"AccessDenied", "S3AccessDenied"},
      {"KMS.NotFoundException", "KmsNotFoundException"}};
  std::string code = "S3" + refused.code();
  for (const auto& [s3, job] : kCodes) {
    if (refused.code() == s3) code = job;
  }
  const std::string extended = aws::base64(aws::sha256(context.request_id));
  return {std::move(code), refused.message() +
                               " (Service: Amazon S3; Status Code: " + std::to_string(refused.status()) +
                               "; Error Code: " + refused.code() + "; Request ID: " + context.request_id +
                               "; S3 Extended Request ID: " + extended + "; Proxy: null)"};
}

Json job_page(RequestContext& context, const Input& input, const JobShape& shape, const char* list, const char* size,
              const std::function<bool(const storage::Resource&)>& wanted,
              const std::function<Json(const storage::Resource&)>& summary) {
  const auto most = static_cast<std::size_t>(input.integer(size, kDefaultPage));
  const auto token = input.find_str("NextToken");
  const std::string last = token ? last_of_token(shape.kind, *token) : "";
  auto jobs = context.resources().list(shape.kind);
  std::reverse(jobs.begin(), jobs.end());
  Json out = {{list, Json::array()}};
  std::string shown;
  for (const auto& job : jobs) {
    if ((!last.empty() && job.id >= last) || job.created + kListed < context.now || !wanted(job)) continue;
    if (out[list].size() == most) {
      out["NextToken"] = next_token(shape.kind, shown);
      break;
    }
    out[list].push_back(summary(job));
    shown = job.id;
  }
  return out;
}

std::optional<storage::Resource> job_with_token(RequestContext& context, const JobShape& shape,
                                                const std::string& token) {
  for (auto& job : context.resources().list(shape.kind)) {
    if (job.document.value("ClientToken", "") == token && context.now - job.created < kTokenValidity)
      return std::move(job);
  }
  return std::nullopt;
}

}  // namespace orrery::dynamodb
