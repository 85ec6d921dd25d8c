#pragma once
#include "registry/context.hpp"
#include "registry/input.hpp"

namespace orrery::s3 {

/// Put on a request that came to the website host; its key then begins with the slash of the path.
inline constexpr std::string_view kWebsiteHeader = "x-orrery-website";
inline bool for_website(const RequestContext& context) { return context.request.headers.has(kWebsiteHeader); }

/// What the website endpoint answers to GET and HEAD ("Hosting a static website using Amazon S3"): index and error
/// documents, redirects, errors as pages. Anonymous, whoever asks.
Json answer_website(RequestContext& context, const Input& input);

}  // namespace orrery::s3
