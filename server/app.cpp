#include "app.hpp"

#include <CLI/CLI.hpp>

namespace orrery {

int run(int argc, char** argv) {
  CLI::App app{"Orrery: a local AWS for infrastructure engineers"};
  app.set_version_flag("--version", "orrery " ORRERY_VERSION);
  CLI11_PARSE(app, argc, argv);
  return 0;
}

}  // namespace orrery
