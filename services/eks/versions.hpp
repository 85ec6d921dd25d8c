#pragma once
#include <span>
#include <string>
#include <string_view>

#include "aws/clock.hpp"

namespace orrery::eks {

/// A Kubernetes version and its days on EKS, as "YYYY-MM-DD" (EKS user guide, "Amazon EKS Kubernetes release
/// calendar"): released, end of standard support, end of extended support.
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
/// True from the beginning of the day on which extended support ends: "On the end of extended support date, you can no
/// longer create new Amazon EKS clusters with the unsupported version" (the calendar's page).
bool out_of_support(const Version& version, aws::Millis now);

}  // namespace orrery::eks
