#include "kingpost/app/rule_pages.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "kingpost/app/loading.hpp"

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

std::string_view decided_on(const review::RuleRow& rule) {
  return rule.model && rule.foreign ? "models, foreign files" : rule.model ? "models" : "foreign files";
}

/// What the review says of the example, as of a file in the folder one stands in.
std::string without_folder(std::string text, const std::string& folder) {
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) text.erase(at, folder.size());
  return text;
}

}  // namespace

std::string print_rule_index() {
  std::string out =
      "# Review rules\n\nWhat `kingpost review` looks for: in models, and in what exists without one (SQL, migrations, API descriptions, "
      "deployments).\n"
      "A finding is an error when data, money or secrets are lost, a warning when it hurts within the declared life of the system, a note else.\n"
      "Rules 27, 28, 43 and 68 to 70 of the catalogue need a database with data in it or measured load.\n\n"
      "| number | rule | group | title | looks for | severity | decided on | `--fix` |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const review::RuleRow& rule : review::rules()) {
    out += fmt::format("| {0} | [`{1}`](rules/{1}.md) | {2} | {3} | {4} | {5} | {6} | {7} |\n", rule.number, rule.id, rule.group, cell(rule.title),
                       cell(rule.looks_for), cell(rule.severity), decided_on(rule), rule.edits ? "yes" : "");
  }
  return out;
}

Result<std::string> print_rule_page(const review::RuleRow& rule, const std::string& examples) {
  std::string out =
      fmt::format("# {}: {}\n\nRule {} of the group {}. Decided on {}.\n\n", rule.id, rule.title, rule.number, rule.group, decided_on(rule));
  out += fmt::format("**Looks for.** {}\n\n**Why.** {}\n\n**Severity.** {}.\n", rule.looks_for, rule.why, rule.severity);
  if (rule.model) {
    out += rule.edits ? "\n**Fix.** `kingpost review MODEL --fix` carries out what is an edit, and keeps it only when it makes no other finding.\n"
                      : "\n**Fix.** A decision, not an edit: the finding says what to write instead.\n";
    out += fmt::format("To live with it: `kingpost review MODEL --accept {}:ELEMENT --reason \"…\"`.\n", rule.id);
  }
  if (!rule.model || examples.empty()) return out;
  const auto folder = std::filesystem::path(examples) / std::string(rule.id);
  const std::pair<const char*, const char*> parts[] = {
      {"bad.yaml", "## Speaks of\n\n```yaml\n"}, {"expected.txt", "## Says\n\n```text\n"}, {"good.yaml", "## Is silent on\n\n```yaml\n"}};
  for (const auto& [name, head] : parts) {
    const auto text = read_file((folder / name).string());
    if (!text) return fail(text.error());
    out += fmt::format("\n{}{}```\n", head, without_folder(*text, fmt::format("tests/cases/review/{}/", rule.id)));
  }
  return out;
}

}  // namespace kingpost::app
