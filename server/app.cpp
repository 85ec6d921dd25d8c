#include "app.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "commands.hpp"

namespace orrery {

namespace {

int dispatch(CLI::App& app, int argc, char** argv) {
  app.set_version_flag("--version", "orrery " ORRERY_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);

  ServeOptions options;
  CLI::App* serve_command = app.add_subcommand("serve", "Serve AWS's API until SIGTERM or SIGINT");
  options.add_to(*serve_command);

  CLI::App* doctor_command =
      app.add_subcommand("doctor", "Say what `serve` with the same options would work with: engines, ports, folders");
  options.add_to(*doctor_command);

  std::string endpoint = "http://127.0.0.1:4566", region = "us-east-1";
  CLI::App* env_command = app.add_subcommand("env", "Print the exports that point AWS's clients here");
  CLI::App* findings_command =
      app.add_subcommand("findings", "Print what AWS would have refused, and advice; exit 2 when it would have");
  CLI::App* verify_command = app.add_subcommand(
      "verify", "Connect to everything that the server keeps; exit 1 when anything is not as it says");
  CLI::App* health_command = app.add_subcommand("health", "Print how the server is; exit 1 when it does not answer");
  for (CLI::App* command : {env_command, findings_command, health_command, verify_command}) {
    command->add_option("--endpoint", endpoint, "The server")->envname("ORRERY_ENDPOINT")->capture_default_str();
  }
  env_command->add_option("--region", region, "AWS_REGION")->envname("ORRERY_REGION")->capture_default_str();
  bool json = false;
  for (CLI::App* command : {findings_command, verify_command}) command->add_flag("--json", json, "As JSON");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  }
  if (*serve_command) return serve(options);
  if (*doctor_command) return doctor(options);
  if (*health_command) return print_health(endpoint);
  if (*env_command) return print_environment(endpoint, region);
  const Format format = json ? Format::json : Format::table;
  return *verify_command ? print_verification(endpoint, format) : print_findings(endpoint, format);
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"Orrery: a local AWS for infrastructure engineers"};
  try {
    return dispatch(app, argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "orrery: " << error.what() << std::endl;
    return 1;
  }
}

}  // namespace orrery
