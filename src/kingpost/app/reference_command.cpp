#include <fmt/format.h>

#include <filesystem>

#include "kingpost/app/command_line.hpp"
#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/rule_pages.hpp"
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

/// What the text of a model may be told, before its meaning is looked at.
constexpr compile::CodeRow kTextCodes[] = {
    {"bad-character", "A control character stands in the model.", "Remove it, or escape it inside double quotes."},
    {"bad-name", "A name has characters or a length that a name cannot have.",
     "Start with a letter; use letters, digits and underscores, at most 63."},
    {"bad-value", "A value is none of those that the key takes.", "Use one that the message lists."},
    {"duplicate-key", "A map has a key twice.", "Remove one."},
    {"duplicate-name", "Two elements share a name.", "Rename or remove one."},
    {"duplicate-section", "Two files write the same single section.", "Write it in one file of the model."},
    {"field-syntax", "The shorthand of a field or a relation cannot be read.", "Write `TYPE modifier(…) …`."},
    {"flow-comma", "A comma inside `{…}` tears a value such as decimal(12,2) in two.", "Quote it, or write the map in block style."},
    {"format-refused", "`kingpost fmt` cannot read the file, so it leaves it alone.", "Mend what `kingpost check` says."},
    {"import-cycle", "The imports run in a circle.", "Remove one of them."},
    {"import-limit", "Too many files, or imports nested too deeply.", "Join some files."},
    {"import-not-found", "An imported file cannot be read.", "Mind the path; it is relative to the importing file."},
    {"import-outside", "An import leaves the folder of the model.", "Move the file below it."},
    {"import-repeated", "A file is imported twice and read once; a warning.", "Remove one import."},
    {"invalid-utf8", "The file is not UTF-8.", "Save it as UTF-8."},
    {"missing-key", "A required key is missing.", "Add it."},
    {"model-empty", "The model is empty.", "Start with `kingpost: 1` and `system: NAME`."},
    {"model-not-found", "The model cannot be read.", "Mind the path."},
    {"model-too-deep", "The model is nested too deeply.", "See the limit `model-depth`."},
    {"model-too-large", "The model is too large.", "See the limit `model-bytes`."},
    {"repeated-modifier", "A modifier is written twice.", "Remove one."},
    {"unknown-key", "There is no such key here.", "Use the proposed one; all are in [keywords.md](keywords.md)."},
    {"unknown-modifier", "There is no such modifier.", "Use the proposed one."},
    {"unknown-type", "There is no such type.", "Use the proposed one."},
    {"wrong-arguments", "A type or modifier has too many, too few or unfit arguments.", "The message says what it takes."},
    {"wrong-relation", "A relation starts with neither many(…) nor one(…).", "Write one of them."},
    {"wrong-shape", "A map, a list or a single value stands where another is expected.", "The message says which."},
    {"yaml-anchor", "Anchors and aliases are not part of the language.", "Write the value out, or use a mixin or a named policy."},
    {"yaml-boolean", "`yes`, `no`, `on`, `off` are no booleans.", "Write true or false."},
    {"yaml-documents", "A file holds several documents.", "Split it into files and import them."},
    {"yaml-key", "A key is no plain text.", "Write a name."},
    {"yaml-merge-key", "The merge key `<<` is not part of the language.", "Use a mixin."},
    {"yaml-syntax", "The text is not YAML.", "See the place; quote texts with special characters."},
    {"yaml-tab", "A tab indents a line.", "Indent with two spaces."},
    {"yaml-tag", "Tags are not part of the language.", "Remove it."},
};

std::string print_codes() {
  const std::string head = "| code | meaning | what to do |\n| --- | --- | --- |\n";
  std::string out = "# Diagnostics\n\nWhat `kingpost check` says. A code keeps its meaning.\n\n## The text of a model\n\n" + head;
  const auto append = [&out](const compile::CodeRow& row) {
    out += fmt::format("| `{}` | {} | {} |\n", row.code, cell(row.meaning), cell(row.mend));
  };
  for (const compile::CodeRow& row : kTextCodes) append(row);
  out += "\n## Its meaning\n\n" + head;
  for (const compile::CodeRow& row : compile::diagnostic_codes()) append(row);
  return out;
}

}  // namespace

int run_reference(const ReferenceOptions& options) {
  const std::vector<RulePage> rules = all_rule_pages();
  const std::pair<const char*, std::string> pages[] = {
      {"commands.md", print_command_reference()},        {"diagnostics.md", print_codes()}, {"errors.md", protocol::print_error_reference()},
      {"keywords.md", model::print_keyword_reference()}, {"limits.md", print_limits()},     {"rules.md", print_rule_index(rules)},
  };
  for (const auto& [name, text] : pages) {
    if (auto written = write_file((std::filesystem::path(options.output) / name).string(), text); !written) return complain(written.error());
  }
  for (const RulePage& rule : rules) {
    const auto path = std::filesystem::path(options.output) / "rules" / (std::string(rule.id) + ".md");
    auto text = print_rule_page(rule, options.examples);
    if (!text) return complain(text.error());
    if (auto written = write_file(path.string(), *text); !written) return complain(written.error());
  }
  return kExitOk;
}

}  // namespace kingpost::app
