#pragma once

#include <string>
#include <vector>

namespace kingpost::app {

/// Parses the arguments, runs the command and returns its exit code. Help, version and usage errors are answered here.
[[nodiscard]] int run_command_line(int argc, char** argv);

/// The reference page of the command line, from the same definitions (Markdown).
[[nodiscard]] std::string print_command_reference();

}  // namespace kingpost::app
