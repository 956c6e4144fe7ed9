#include "kingpost/interview/project.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::interview {

namespace {

constexpr std::string_view kConditionMark = "  #? ";

tl::unexpected<Errors> broken(const Error& error) { return tl::make_unexpected(Errors{error}); }

std::string cell(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '|') out += '\\';
    out += byte == '`' ? '\'' : byte;
  }
  return out;
}

std::string answers_table(const Answers& given, const Answers& complete) {
  std::string out = "| key | answer | |\n| --- | --- | --- |\n";
  for (const Question& question : make_questions()) {
    const std::string& value = complete.find(question.key)->second;
    out += fmt::format("| `{}` | `{}` | {} |\n", question.key, cell(value.empty() ? " " : value), given.contains(question.key) ? "given" : "assumed");
  }
  return out;
}

/// The lines of `text` whose conditions hold, each with the answers that decided.
Result<std::string> print_readme(std::string_view text, const Facts& facts, const std::string& table) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string why;
    if (const std::size_t mark = line.find(kConditionMark); mark != std::string_view::npos) {
      const std::string_view condition = line.substr(mark + kConditionMark.size());
      if (!holds(condition, facts)) continue;
      why = reasons(condition, facts);
      line = line.substr(0, mark);
    }
    if (line == "$(answers)") {
      out += table;
      continue;
    }
    Result<std::string> filled = fill_in(line, facts);
    if (!filled) return filled;
    out += *filled;
    if (!why.empty() && line.starts_with("- ")) out += fmt::format(" (`{}`)", cell(why));
    out += '\n';
  }
  return out;
}

}  // namespace

std::vector<KnownFinding> known_findings() {
  return {
      {"qry-cost",
       "The server ends an answer at 10,000 embedded rows and cancels statements that take too long; clients ask the lower level by its own query, "
       "page by page."}};
}

tl::expected<Project, Errors> make_project(const std::vector<Given>& given) {
  tl::expected<Answers, Errors> settled = settle_answers(given);
  if (!settled) return tl::make_unexpected(std::move(settled.error()));
  Result<std::vector<Pattern>> patterns = load_patterns();
  if (!patterns) return broken(patterns.error());
  Result<CommonFragments> common = load_common();
  if (!common) return broken(common.error());
  const Answers complete = complete_answers(*settled, *patterns);
  Facts facts = make_facts(complete);
  const auto chosen =
      std::find_if(patterns->begin(), patterns->end(), [&](const Pattern& pattern) { return pattern.name == complete.find("pattern")->second; });
  if (Errors errors = find_contradictions(facts, *chosen); !errors.empty()) return tl::make_unexpected(std::move(errors));

  facts.texts["purpose"] = chosen->purpose;

  std::vector<Fragment> fragments = std::move(common->head);
  merge_fragments(fragments, std::move(chosen->fragments));
  merge_fragments(fragments, std::move(common->tail));
  Result<std::string> model = print_fragments(fragments, facts);
  if (!model) return broken(model.error());
  Result<std::string> readme = print_readme(common->readme, facts, answers_table(*settled, complete));
  if (!readme) return broken(readme.error());
  return Project{
      "# yaml-language-server: $schema=./kingpost.schema.json\n# A comment such as `tenants=shared` names the answer that made the part.\n" + *model,
      print_answers(complete), std::move(*readme)};
}

}  // namespace kingpost::interview
