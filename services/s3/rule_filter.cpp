#include "services/s3/rule_filter.hpp"

namespace orrery::s3 {

namespace {

bool has_tag(const Json& tags, const Json& wanted) {
  return std::any_of(tags.begin(), tags.end(), [&](const Json& tag) {
    return tag.value("Key", "") == wanted.value("Key", "") && tag.value("Value", "") == wanted.value("Value", "");
  });
}

}  // namespace

RuleFilter::RuleFilter(const Json& rule) : prefix(rule.value("Prefix", "")) {
  const Json filter = rule.value("Filter", Json::object());
  const Json part = filter.contains("And") ? filter["And"] : filter;
  prefix = part.value("Prefix", prefix);
  if (part.contains("Tags")) tags = part["Tags"];
  if (part.contains("Tag")) tags.push_back(part["Tag"]);
  if (part.contains("ObjectSizeGreaterThan")) greater = part["ObjectSizeGreaterThan"].get<std::uint64_t>();
  if (part.contains("ObjectSizeLessThan")) less = part["ObjectSizeLessThan"].get<std::uint64_t>();
}

bool RuleFilter::fits(const Version& version) const {
  if (!version.key.starts_with(prefix)) return false;
  if ((greater && version.size <= *greater) || (less && version.size >= *less)) return false;
  const Json own = version.hidden.value("Tags", Json::array());
  return std::all_of(tags.begin(), tags.end(), [&](const Json& tag) { return has_tag(own, tag); });
}

}  // namespace orrery::s3
