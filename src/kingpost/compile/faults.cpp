#include "kingpost/compile/faults.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/expressions.hpp"

namespace kingpost::compile {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// `'name'` becomes a code span; an apostrophe inside a word stays.
std::string with_code_spans(std::string text) {
  for (std::size_t at = text.find('\''); at != std::string::npos; at = text.find('\'', at + 1)) {
    if (at > 0 && is_letter(text[at - 1])) continue;
    auto end = text.find('\'', at + 1);
    while (end != std::string::npos && end + 1 < text.size() && is_letter(text[end + 1])) end = text.find('\'', end + 1);
    if (end == std::string::npos) break;
    text[at] = text[end] = '`';
    at = end;
  }
  return text;
}

std::string as_sentence(std::string text) {
  if (text.empty()) return text;
  text = with_code_spans(std::move(text));
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  const char last = text.back();
  if (last != '.' && last != '?' && last != '!') text += '.';
  return text;
}

struct Wording {
  std::string_view suffix;
  std::string_view before;
};
constexpr Wording kRecords[] = {{".input", "The input of"}, {".event", "The event"}, {".returns", "The answer of"}};

/// "`act.input` has no field" reads "The input of `act` has no member".
std::string with_plain_records(std::string message) {
  const auto end = message.find("` has no field");
  if (message.empty() || message[0] != '`' || end == std::string::npos) return message;
  const auto record = message.substr(1, end - 1);
  for (const auto& wording : kRecords) {
    if (!record.ends_with(wording.suffix)) continue;
    constexpr std::string_view kVerb = "` has no field";
    return fmt::format("{} `{}` has no member{}", wording.before, record.substr(0, record.size() - wording.suffix.size()),
                       message.substr(end + kVerb.size()));
  }
  return message;
}

struct NameHelp {
  std::string_view name;
  std::string_view help;
};
constexpr NameHelp kNames[] = {
    {"row", "`row` is the stored record; there is none here."},
    {"new", "`new` is the record as it will be; rules of `create` and `update` know it."},
    {"old", "`old` is the record as it was; rules of `update` and `delete` know it."},
    {"auth", "`auth` is the caller; only access rules and commands have one."},
    {"input", "`input` is what a command is given; only its own steps know it."},
    {"event", "`event` is what a saga or a consumer reacts to; only its own steps know it."},
};

std::string quoted_name(const std::string& message) {
  const auto begin = message.find('`');
  const auto end = begin == std::string::npos ? begin : message.find('`', begin + 1);
  return end == std::string::npos ? std::string() : message.substr(begin + 1, end - begin - 1);
}

std::string help_for_name(const Context& context, const cel::Scope* scope, const std::string& name, std::string known) {
  for (const auto& entry : kNames) {
    if (entry.name == name) return std::string(entry.help);
  }
  if (!known.empty()) return known;
  if (const auto nearest = nearest_name(name, names_of(context.policies))) return fmt::format("Did you mean the policy `{}`?", *nearest);
  std::vector<std::string> names;
  if (scope != nullptr) {
    for (const auto& [candidate, type] : scope->names) {
      if (!type.relation && candidate != "system") names.push_back(candidate);
    }
  }
  return names.empty() ? std::string() : fmt::format("Known here: {}.", fmt::join(names, ", "));
}

/// The edit that a proposal `Did you mean "x"?` asks for: the wrong name, found in the text of the fault's place, becomes the proposed one.
std::optional<TextEdit> edit_of(const Text& text, const Diagnostic& diagnostic) {
  constexpr std::string_view kProposal = "Did you mean `";
  if (!diagnostic.suggestion.starts_with(kProposal) || !diagnostic.suggestion.ends_with("`?")) return std::nullopt;
  const auto proposed = diagnostic.suggestion.substr(kProposal.size(), diagnostic.suggestion.size() - kProposal.size() - 2);
  const auto close = diagnostic.message.rfind('`');
  const auto open = close == std::string::npos || close == 0 ? std::string::npos : diagnostic.message.rfind('`', close - 1);
  const auto origin = expression_origin(text);
  const bool one_line = diagnostic.span.line == origin.line && diagnostic.span.end_line == origin.line && diagnostic.span.column >= origin.column;
  if (open == std::string::npos || !one_line) return std::nullopt;
  auto wrong = diagnostic.message.substr(open + 1, close - open - 1);
  if (diagnostic.code == "cel-unknown-name") wrong = quoted_name(diagnostic.message);
  const std::size_t begin = diagnostic.span.column - origin.column;
  const std::size_t end = diagnostic.span.end_column - origin.column;
  if (end > text.text.size() || begin >= end) return std::nullopt;
  const auto at = text.text.substr(begin, end - begin).rfind(wrong);
  if (at == std::string::npos) return std::nullopt;
  auto place = diagnostic.span;
  place.column += static_cast<std::uint32_t>(at);
  place.end_column = place.column + static_cast<std::uint32_t>(wrong.size());
  return TextEdit{place, proposed};
}

/// The policy whose name stands at the place of the fault, if any.
const PolicySource* policy_at(const Context& context, const Text& text, const Span& span) {
  const auto origin = expression_origin(text);
  if (span.line != origin.line || span.column < origin.column) return nullptr;
  const std::size_t at = span.column - origin.column;
  for (const auto& policy : context.policies) {
    if (span.end_column - span.column != policy.name.size() || at > text.text.size()) continue;
    if (text.text.compare(at, policy.name.size(), policy.name) == 0) return &policy;
  }
  return nullptr;
}

}  // namespace

void report_faults(Context& context, const Text& text, const cel::Scope* scope, const Diagnostics& found) {
  for (auto diagnostic : found.all()) {
    if (diagnostic.code.starts_with("cel-")) {
      diagnostic.message = with_plain_records(as_sentence(std::move(diagnostic.message)));
      diagnostic.suggestion = as_sentence(std::move(diagnostic.suggestion));
    }
    const auto name = quoted_name(diagnostic.message);
    if (diagnostic.code == "cel-unknown-name") diagnostic.suggestion = help_for_name(context, scope, name, std::move(diagnostic.suggestion));
    if (diagnostic.code == "cel-unknown-role" && diagnostic.suggestion.empty()) diagnostic.suggestion = "Declare it under `roles`.";
    if (diagnostic.code == "cel-unknown-field" && name == ir::kAuthRecord && diagnostic.message.find("`tenant`") != std::string::npos) {
      diagnostic.suggestion = "Callers have a tenant only where the model has `tenancy`.";
    }
    if (!diagnostic.fix) diagnostic.fix = edit_of(text, diagnostic);
    if (const auto* policy = policy_at(context, text, diagnostic.span)) {
      diagnostic.suggestion = fmt::format("The policy `{}` says: {}", policy->name, policy->node->text);
      diagnostic.fix.reset();
    }
    context.diagnostics.add(std::move(diagnostic));
  }
}

}  // namespace kingpost::compile
