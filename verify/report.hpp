#pragma once
#include <iosfwd>
#include <string>
#include <vector>

#include "aws/json.hpp"

namespace orrery::verify {

/// `noted`: as the state says, though there is nothing to use (a disabled key, an endpoint without an engine).
enum class Verdict { ok, noted, failed };

struct Outcome {
  Verdict verdict = Verdict::ok;
  std::string result;  ///< a word or two: "ok", "no engine", "failed"
  std::string detail;
};

Outcome ok(std::string detail);
Outcome noted(std::string result, std::string detail);
Outcome failed(std::string detail);

struct Subject {
  std::string what;  ///< "database", "secret"
  std::string name;
  std::string where;  ///< an endpoint, or what else says where it is
};

struct Row {
  std::string account, region;
  Subject subject;
  Outcome outcome;
};

class Report {
 public:
  void add(Row row) { rows_.push_back(std::move(row)); }
  bool good() const;
  /// A table for each account and region, and a line that counts.
  void print(std::ostream& out) const;
  Json json() const;

 private:
  std::size_t count(Verdict verdict) const;
  std::vector<Row> rows_;
};

}  // namespace orrery::verify
