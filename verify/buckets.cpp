#include "verify/site.hpp"

namespace orrery::verify {

namespace {

constexpr int kOk = 200;

/// The buckets of the region ("ListBuckets": bucket-region, continuation-token).
std::vector<std::string> bucket_names(const Api& api) {
  std::vector<std::string> out;
  std::string token;
  do {
    const std::string page = token.empty() ? "" : "&continuation-token=" + encoded(token);
    const auto document = api.get_xml("s3", "/?bucket-region=" + encoded(api.region()) + page);
    const pugi::xml_node result = document.document_element();
    for (const std::string& name : texts(result, "Buckets", "Name")) out.push_back(name);
    token = text(result, "ContinuationToken");
  } while (!token.empty());
  return out;
}

}  // namespace

void check_buckets(Site& site) {
  for (const std::string& name : bucket_names(site.api)) {
    site.check({"bucket", name, ""}, [&] {
      const int status = site.api.head("s3", "/" + name);
      return status == kOk ? ok("HeadBucket answers 200") : failed("HeadBucket answers " + std::to_string(status));
    });
  }
}

}  // namespace orrery::verify
