#include "services/iam/managed_policies.hpp"

#include <algorithm>

#include "aws/ids.hpp"
#include "http/decode.hpp"

namespace orrery {
extern const std::string_view managed_policies_gz;  ///< managed_policies.jsonl, by orrery_embed
}

namespace orrery::iam {

namespace {

constexpr std::string_view kPaths[] = {"/", "/aws-service-role/", "/service-role/", "/job-function/", "/root-task/"};

constexpr ManagedPolicy kPolicies[] = {
#include "services/iam/managed_policies.inc"
};

constexpr std::string_view kArnPrefix = "arn:aws:iam::aws:policy";

}  // namespace

std::string_view ManagedPolicy::path() const { return kPaths[path_index]; }

std::string ManagedPolicy::arn() const { return std::string(kArnPrefix).append(path()).append(name); }

std::string ManagedPolicy::id() const {
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const std::string hash = aws::sha256(name);
  std::string out = "ANPA";
  for (std::size_t i = 0; i < 17; ++i) out += alphabet[static_cast<unsigned char>(hash[i]) & 31];
  return out;
}

std::string ManagedPolicy::document() const {
  std::ptrdiff_t lines_before = this - kPolicies;
  std::string line;
  bool complete = false;
  http::GzipDecoder unpack([&](http::Bytes bytes) {
    for (const char c : bytes) {
      if (complete) return;
      if (c == '\n') {
        complete = lines_before-- == 0;
      } else if (lines_before == 0) {
        line += c;
      }
    }
  });
  constexpr std::size_t kPiece = 4096;
  for (std::size_t at = 0; !complete && at < managed_policies_gz.size(); at += kPiece) {
    const std::string_view piece = managed_policies_gz.substr(at, kPiece);
    unpack.write({piece.data(), piece.size()});
  }
  return line;
}

std::span<const ManagedPolicy> managed_policies() { return kPolicies; }

const ManagedPolicy* find_managed_policy(std::string_view arn) {
  if (!arn.starts_with(kArnPrefix)) return nullptr;
  const std::string_view name = arn.substr(arn.rfind('/') + 1);
  const auto found =
      std::lower_bound(std::begin(kPolicies), std::end(kPolicies), name,
                       [](const ManagedPolicy& policy, std::string_view wanted) { return policy.name < wanted; });
  return found != std::end(kPolicies) && found->arn() == arn ? found : nullptr;
}

}  // namespace orrery::iam
