#pragma once
#include <functional>

#include "registry/context.hpp"
#include "registry/error.hpp"
#include "registry/input.hpp"

namespace orrery::dynamodb {

// What exports and imports have in common. A job is a resource of kind "export" or "import" whose id ends its ARN. Its
// work is done within its request; its status follows from the clock, and its document is what it comes to in the end.

/// "01768385930622-efd1a093": when it began, and eight digits.
std::string new_job_id(const RequestContext& context);

/// Sets when the job is over: at once, or with --lifecycle realistic after `realistic`.
void set_end(const RequestContext& context, storage::Resource& job, const char* end_member, aws::Millis realistic);

/// The description as of now: `running_status`, without `final_members`, until the job is over.
struct JobShape {
  const char* kind;    ///< "export"
  const char* status;  ///< "ExportStatus"
  std::initializer_list<const char*> final_members;
};
Json job_description(const RequestContext& context, const JobShape& shape, const storage::Resource& job);
/// The same as the call that starts a job answers: in progress, whatever the clock.
Json started_description(const JobShape& shape, const storage::Resource& job);

/// The job that an ARN names. Throws ValidationException for text that is no such ARN, AccessDeniedException for
/// another account's, and `not_found` with the reason.
storage::Resource require_job(RequestContext& context, const JobShape& shape, const std::string& arn,
                              const std::function<AwsError(const std::string& reason)>& not_found);

/// Why a job fails that S3 refused something.
struct JobFailure {
  std::string code, message;
};
JobFailure failure_of(const RequestContext& context, const AwsError& refused);

/// A page of the jobs of the last 90 days that `wanted` takes, newest first, as `{list: […], "NextToken": …}`.
Json job_page(RequestContext& context, const Input& input, const JobShape& shape, const char* list, const char* size,
              const std::function<bool(const storage::Resource&)>& wanted,
              const std::function<Json(const storage::Resource&)>& summary);

/// The job that the same client token began within the last eight hours.
std::optional<storage::Resource> job_with_token(RequestContext& context, const JobShape& shape,
                                                const std::string& token);

}  // namespace orrery::dynamodb
