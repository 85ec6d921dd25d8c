#pragma once

namespace orrery {

/// The whole program: parses the command line and runs the command. Returns the exit code.
int run(int argc, char** argv);

}  // namespace orrery
