#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::rds {

/// What a parameter's formula may name (RDS user guide, "Specifying DB parameters").
struct Variables {
  std::int64_t class_memory = 0;       ///< DBInstanceClassMemory, bytes
  std::int64_t allocated_storage = 0;  ///< AllocatedStorage, bytes
  std::int64_t port = 0;               ///< EndPointPort
  bool replica = false;                ///< TrueIfReplica
};

/// A parameter's value with its formula worked out: "LEAST({DBInstanceClassMemory/9531392},5000)" → "450". Text without
/// braces stays as it is. Nothing for a formula that is malformed or names something unknown.
///
///     formula := text | sum                 (text: no '{' in it)
///     sum     := factor { ('*' | '/') factor }
///     factor  := number | variable | function '(' sum { ',' sum } ')' | '{' sum '}' | '(' sum ')'
std::optional<std::string> evaluate(std::string_view formula, const Variables& variables);

/// Bytes of memory of "db.t3.medium"; 0 for a class that is not known. AWS takes off an undisclosed part for the
/// operating system and RDS's own processes; here it is the class's whole memory.
std::int64_t memory_of_class(std::string_view instance_class);

}  // namespace orrery::rds
