#pragma once
#include <span>
#include <string>
#include <string_view>

#include "aws/clock.hpp"

namespace orrery::eks {

/// A Kubernetes version and its days on EKS, as "YYYY-MM-DD" (EKS user guide, "Amazon EKS Kubernetes release
/// calendar"): released, last day of standard support, last day of extended support.
struct Version {
  std::string_view name, released, standard_until, extended_until;
};

/// Newest last.
std::span<const Version> versions();
/// nullptr for one that EKS never had, or had before this list begins.
const Version* find_version(std::string_view name);
/// What a cluster gets that names none: the newest that was released half a year before `now`, as EKS does not make
/// a new version its default at once.
const Version& default_version(aws::Millis now);
/// True when extended support ended before `now`: AWS creates no cluster of it any more.
bool out_of_support(const Version& version, aws::Millis now);

}  // namespace orrery::eks
