#include <fmt/format.h>

#include <filesystem>

#include "kingpost/app/command_line.hpp"
#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/compile/compile.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/protocol/error_reference.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {

namespace {

/// Text as a cell of a table: a bar would begin the next one.
std::string cell(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '|') out += '\\';
    out += byte;
  }
  return out;
}

std::string print_limits() {
  std::string out =
      "# Limits\n\nEvery bound of a running server. Change one with `kingpost serve … --limit NAME=VALUE`.\n\n"
      "| name | default | unit | meaning |\n| --- | --- | --- | --- |\n";
  const Limits defaults;
  for (const LimitRow& row : limit_table()) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", row.name, defaults.*(row.member), row.unit, cell(row.meaning));
  }
  return out;
}

std::string print_codes() {
  std::string out = "# Diagnostics\n\nWhat `kingpost check` says of a model's meaning.\n\n| code | meaning | what to do |\n| --- | --- | --- |\n";
  for (const compile::CodeRow& row : compile::diagnostic_codes()) {
    out += fmt::format("| `{}` | {} | {} |\n", row.code, cell(row.meaning), cell(row.mend));
  }
  return out;
}

std::string print_rules() {
  std::string out =
      "# Review rules\n\nWhat `kingpost review` looks for.\n\n"
      "| number | rule | group | title | looks for |\n| --- | --- | --- | --- | --- |\n";
  for (const review::RuleRow& rule : review::rules()) {
    out += fmt::format("| {} | `{}` | {} | {} | {} |\n", rule.number, rule.id, rule.group, cell(rule.title), cell(rule.looks_for));
  }
  return out;
}

}  // namespace

int run_reference(const ReferenceOptions& options) {
  const std::pair<const char*, std::string> pages[] = {
      {"commands.md", print_command_reference()},        {"diagnostics.md", print_codes()}, {"errors.md", protocol::print_error_reference()},
      {"keywords.md", model::print_keyword_reference()}, {"limits.md", print_limits()},     {"rules.md", print_rules()},
  };
  for (const auto& [name, text] : pages) {
    if (auto written = write_file((std::filesystem::path(options.output) / name).string(), text); !written) return complain(written.error());
  }
  return kExitOk;
}

}  // namespace kingpost::app
