#pragma once

#include <functional>
#include <string>
#include <vector>

#include "kingpost/mcp/json.hpp"

namespace kingpost::mcp {

enum class ArgumentKind : std::uint8_t { kText, kBoolean, kNumber, kTexts };

struct Argument {
  std::string name;
  ArgumentKind kind = ArgumentKind::kText;
  std::string description;
  bool required = false;
  std::vector<std::string> values;  ///< the only ones, where not empty
};

/// What a finished command left.
struct Outcome {
  int exit_code = 0;
  std::string output;  ///< what it wrote to standard output
  std::string notes;   ///< and to standard error
};

/// The work of one call: a command of this binary, or nothing and `finish` alone. `scratch` is a folder of the call's own that is removed after it.
struct Work {
  std::vector<std::string> arguments;  ///< of the command; empty = no command is run
  /// Called after the command, with the scratch folder: may read what was written there. Null: the outcome as it is.
  std::function<Outcome(Outcome, const std::string& scratch)> finish;
};

/// A tool: its name and arguments for the client, and the work that a call means. `prepare` gets arguments that fit the declaration.
struct Tool {
  std::string name;
  std::string title;
  std::string description;
  std::vector<Argument> arguments;
  bool read_only = true;
  std::function<Result<Work>(const Json& arguments, const std::string& scratch)> prepare;
};

struct Resource {
  std::string uri;
  std::string name;
  std::string description;
  std::string mime_type;
  std::function<std::string()> read;
};

struct Prompt {
  std::string name;
  std::string description;
  std::vector<Argument> arguments;
  std::function<std::string(const Json& arguments)> text;
};

/// Everything that the server offers.
struct Catalogue {
  std::string version;       ///< of the product
  std::string instructions;  ///< for the agent, at the beginning
  std::vector<Tool> tools;
  std::vector<Resource> resources;
  std::vector<Prompt> prompts;
};

}  // namespace kingpost::mcp
