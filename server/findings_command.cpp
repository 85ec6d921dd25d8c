#include <iostream>

#include "aws/json.hpp"
#include "commands.hpp"
#include "net/fetch.hpp"

namespace orrery {

namespace {

void print_kind(const Json& findings, std::string_view kind, std::string_view title) {
  bool first = true;
  for (const auto& finding : findings) {
    if (finding.value("kind", "") != kind) continue;
    if (std::exchange(first, false)) std::cout << title << "\n";
    const std::string code = finding.value("code", "");
    std::cout << "\n  " << finding.value("rule", "") << "  (" << finding.value("account", "") << " "
              << finding.value("region", "") << ")\n"
              << "    resource  " << finding.value("resource", "") << "\n"
              << "    call      " << finding.value("service", "") << ":" << finding.value("operation", "") << "\n"
              << "    " << (code.empty() ? "advice    " : "AWS says  ") << (code.empty() ? "" : code + ": ")
              << finding.value("message", "") << "\n"
              << "    see       " << finding.value("reference", "") << "\n";
  }
  if (!first) std::cout << "\n";
}

}  // namespace

int print_findings(const std::string& endpoint, Format format) {
  const net::Fetched answer = net::fetch(endpoint, "/_orrery/findings");
  const Json document = Json::parse(answer.body, nullptr, false);
  if (answer.status != 200 || !document.is_object()) {
    throw std::runtime_error("no Orrery answers at " + endpoint);
  }
  const Json& findings = document.at("findings");
  if (format == Format::json) {
    std::cout << document.dump(2) << "\n";
  } else {
    print_kind(findings, "refused", "AWS would refuse:");
    print_kind(findings, "advice", "AWS accepts, but:");
    if (findings.empty()) std::cout << "No findings.\n";
  }
  const bool refused = std::any_of(findings.begin(), findings.end(),
                                   [](const Json& finding) { return finding.value("kind", "") == "refused"; });
  return refused ? 2 : 0;
}

int print_environment(const std::string& endpoint, const std::string& region) {
  std::cout << "export AWS_ENDPOINT_URL=" << endpoint << "\n"
            << "export AWS_ACCESS_KEY_ID=test\n"
            << "export AWS_SECRET_ACCESS_KEY=test\n"
            << "export AWS_REGION=" << region << "\n"
            << "export AWS_DEFAULT_REGION=" << region << "\n"
            << "export AWS_EC2_METADATA_DISABLED=true\n"
            << "# eval \"$(orrery env)\"; then terraform, aws and the SDKs are unchanged\n";
  return 0;
}

}  // namespace orrery
