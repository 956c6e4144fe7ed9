#pragma once

#include <string>

namespace CLI {
class App;
}

namespace kingpost::app {

/// Prints a completion script for bash, zsh or fish that knows every command and option of `app`. Returns an exit code.
[[nodiscard]] int print_completion(const CLI::App& app, const std::string& shell);

}  // namespace kingpost::app
