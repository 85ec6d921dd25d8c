#include "registry/findings.hpp"

#include "storage/findings.hpp"

namespace orrery {

namespace {

storage::Finding finding_of(const RequestContext& context, const Rule& rule, const std::string& resource) {
  storage::Finding finding;
  finding.account = context.account;
  finding.region = context.region;
  finding.service = context.service;
  finding.rule = rule.id;
  finding.resource = resource;
  finding.operation = context.operation;
  finding.reference = rule.reference;
  finding.time = context.now;
  return finding;
}

}  // namespace

void would_refuse(RequestContext& context, const Rule& rule, const std::string& resource, const AwsError& error) {
  if (context.settings.strictness == Strictness::strict) throw error;
  storage::Finding finding = finding_of(context, rule, resource);
  finding.code = error.code();
  finding.message = error.message();
  storage::FindingTable(context.tx).put(finding);
}

void advise(RequestContext& context, const Rule& rule, const std::string& resource, const std::string& advice) {
  storage::Finding finding = finding_of(context, rule, resource);
  finding.kind = storage::Finding::Kind::advice;
  finding.message = advice;
  storage::FindingTable(context.tx).put(finding);
}

void settle(RequestContext& context, const Rule& rule, const std::string& resource) {
  storage::FindingTable(context.tx).erase(context.account, context.region, std::string(rule.id), resource);
}

}  // namespace orrery
