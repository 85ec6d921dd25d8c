#include "storage/findings.hpp"

namespace orrery::storage {

namespace {

constexpr std::string_view kFindingSchema[] = {R"sql(
CREATE TABLE finding (
  account TEXT NOT NULL, region TEXT NOT NULL, rule TEXT NOT NULL, resource TEXT NOT NULL, kind INTEGER NOT NULL,
  service TEXT NOT NULL, operation TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, reference TEXT NOT NULL,
  time INTEGER NOT NULL, PRIMARY KEY (account, region, rule, resource)) WITHOUT ROWID;
)sql"};

}  // namespace

const Migrations FindingTable::migrations{"finding", kFindingSchema};

void FindingTable::put(const Finding& finding) {
  transaction_.db().execute(
      "INSERT OR REPLACE INTO finding (account, region, rule, resource, kind, service, operation, code, message, "
      "reference, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      finding.account, finding.region, finding.rule, finding.resource, static_cast<int>(finding.kind), finding.service,
      finding.operation, finding.code, finding.message, finding.reference, finding.time);
}

void FindingTable::erase(const std::string& account, const std::string& region, const std::string& rule,
                         const std::string& resource) {
  transaction_.db().execute("DELETE FROM finding WHERE account = ? AND region = ? AND rule = ? AND resource = ?",
                            account, region, rule, resource);
}

std::vector<Finding> FindingTable::list() const {
  std::vector<Finding> out;
  auto rows = transaction_.db().query(
      "SELECT kind, account, region, service, rule, resource, operation, code, message, reference, time FROM finding "
      "ORDER BY time, rule, resource");
  while (rows.next()) {
    const auto text = [&](int column) { return std::string(rows.text(column)); };
    out.push_back({static_cast<Finding::Kind>(rows.integer(0)), text(1), text(2), text(3), text(4), text(5), text(6),
                   text(7), text(8), text(9), rows.integer(10)});
  }
  return out;
}

}  // namespace orrery::storage
