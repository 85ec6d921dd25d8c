#pragma once
#include <string>

#include "options.hpp"

namespace orrery {

// The commands behind the command line. Each returns the exit code, and throws std::runtime_error with one clear line.

int serve(const ServeOptions& options);

/// Looks at what `serve` with these options would work with, and prints what it finds; 1 when it could not work.
int doctor(const ServeOptions& options);

/// Prints the exports that point AWS's clients at `endpoint`.
int print_environment(const std::string& endpoint, const std::string& region);

/// Prints what the server at `endpoint` says of its health.
int print_health(const std::string& endpoint);

enum class Format { table, json };
/// Prints the findings of the server at `endpoint`; 2 when AWS would have refused anything.
int print_findings(const std::string& endpoint, Format format);
/// Connects to everything that the server at `endpoint` keeps and prints what it found; 1 when anything is not as it
/// says.
int print_verification(const std::string& endpoint, Format format);

}  // namespace orrery
