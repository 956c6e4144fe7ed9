#include "kingpost/app/completion.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "kingpost/app/commands.hpp"

namespace kingpost::app {

namespace {

std::string options_of(const CLI::App& command) {
  std::string out = "--help";
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (name != "help") out += " --" + name;
    }
  }
  return out;
}

std::string bash(const CLI::App& app) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names += command->get_name() + " ";
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command->get_name(), options_of(*command));
  }
  return fmt::format(
      "_kingpost() {{\n  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\"\n  case \"${{COMP_WORDS[1]}}\" in\n{}  esac\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"{}--help --version\"; fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n  [ ${{#COMPREPLY[@]}} -eq 0 ] && COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "  return 0\n}}\ncomplete -F _kingpost kingpost\n",
      cases, names);
}

std::string fish(const CLI::App& app) {
  std::string out;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    out += fmt::format("complete -c kingpost -n __fish_use_subcommand -a {} -d '{}'\n", command->get_name(), command->get_description());
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        out += fmt::format("complete -c kingpost -n '__fish_seen_subcommand_from {}' -l {}\n", command->get_name(), name);
      }
    }
  }
  return out;
}

}  // namespace

int print_completion(const CLI::App& app, const std::string& shell) {
  std::string text;
  if (shell == "fish") {
    text = fish(app);
  } else if (shell == "zsh") {
    text = "autoload -U +X bashcompinit && bashcompinit\n" + bash(app);
  } else {
    text = bash(app);
  }
  std::fputs(text.c_str(), stdout);
  return kExitOk;
}

}  // namespace kingpost::app
