#include "kingpost/emit/decisions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "kingpost/emit/caching_plan.hpp"
#include "kingpost/emit/markdown.hpp"

namespace kingpost::emit {

using decide::Decision;
using decide::KindRow;

namespace {

/// Names of elements told one by one; beyond, how many more there are.
constexpr std::size_t kToldScopes = 6;
/// Thresholds told of one of several elements, the nearest first; decisions.json has all.
constexpr std::size_t kToldChanges = 3;

std::vector<const Decision*> decisions_of(const DecisionSet& set, const KindRow& kind) {
  std::vector<const Decision*> out;
  for (const Decision& one : set.decisions) {
    if (one.kind == kind.id) out.push_back(&one);
  }
  return out;
}

std::string scopes_text(const std::vector<std::string>& scopes, std::string (*shown)(std::string_view)) {
  std::string out;
  for (std::size_t at = 0; at < scopes.size() && at < kToldScopes; ++at) out += (at == 0 ? "" : ", ") + shown(scopes[at]);
  if (scopes.size() > kToldScopes) out += fmt::format(" and {} more", scopes.size() - kToldScopes);
  return out;
}

std::string plain(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char byte) { return static_cast<unsigned char>(byte) < 0x20; }, ' ');
  return out;
}

std::string load_text(const DecisionSet& set) {
  return set.evidence.factor() == 1 ? "the declared load" : fmt::format("{:g} times the declared load", set.evidence.factor());
}

std::string links_text(const KindRow& kind) {
  std::istringstream links{std::string(kind.links)};
  std::string out;
  for (std::string id; links >> id;) {
    const KindRow* other = decide::find_kind(id);
    if (other != nullptr) out += fmt::format("{}[{}. {}]({})", out.empty() ? "" : ", ", other->number, other->title, decision_file(*other));
  }
  return out;
}

void write_changes(std::string& out, const DecisionSet& set, const Decision& one, std::size_t most) {
  if (one.thresholds.empty()) out += "- No figure of this model changes it.\n";
  for (std::size_t at = 0; at < one.thresholds.size() && at < most; ++at) {
    const decide::Threshold& threshold = one.thresholds[at];
    out += fmt::format("- **{}** when {}\n", markdown_text(threshold.becomes), markdown_text(decide::threshold_text(set.evidence, threshold)));
  }
}

void write_single(std::string& out, const DecisionSet& set, const Decision& one) {
  out += fmt::format("## Decision\n\n**{}**\n\n", markdown_text(one.choice));
  for (const std::string& reason : one.reasons) out += fmt::format("- {}\n", markdown_text(reason));
  out += "\n## Changes when\n\n";
  write_changes(out, set, one, one.thresholds.size());
  out += "\n## Alternatives\n\n| Alternative | Why not | When |\n| --- | --- | --- |\n";
  for (const decide::Alternative& other : one.alternatives) {
    out += fmt::format("| {} | {} | {} |\n", markdown_text(other.name), markdown_text(other.why_not),
                       other.when.empty() ? "when nothing above holds" : markdown_text(other.when));
  }
}

void write_several(std::string& out, const DecisionSet& set, const std::vector<const Decision*>& decisions) {
  out += "## Decisions\n\n| Element | Decision | Changes when |\n| --- | --- | --- |\n";
  for (const Decision* one : decisions) {
    out += fmt::format("| {} | {} | {} |\n", markdown_code(one->scope), markdown_text(one->choice),
                       one->thresholds.empty() ? "–"
                                               : markdown_text(fmt::format("{} when {}", one->thresholds.front().becomes,
                                                                           decide::threshold_text(set.evidence, one->thresholds.front()))));
  }
  out += "\n## Options\n\n| Option | What it costs |\n| --- | --- |\n";
  std::vector<std::string_view> told;
  for (const Decision* one : decisions) {
    for (const decide::Alternative& other : one->alternatives) {
      if (std::find(told.begin(), told.end(), other.name) != told.end()) continue;
      told.push_back(other.name);
      out += fmt::format("| {} | {} |\n", markdown_text(other.name), markdown_text(other.cost));
    }
  }
  for (const Decision* one : decisions) {
    out += fmt::format("\n### {}: {}\n\n", markdown_code(one->scope), markdown_text(one->choice));
    for (const std::string& reason : one->reasons) out += fmt::format("- {}\n", markdown_text(reason));
    out += "\nChanges to\n\n";
    write_changes(out, set, *one, kToldChanges);
  }
}

void write_figures(std::string& out, const DecisionSet& set, const std::vector<const Decision*>& decisions) {
  out += "\n## Figures\n\n| Figure | Now | Basis | Source |\n| --- | --- | --- | --- |\n";
  const bool several = decisions.size() > 1;
  for (const Decision* one : decisions) {
    for (const std::string& key : one->figures) {
      const decide::Figure figure = set.evidence.figure(key);
      const std::string name = several ? fmt::format("{}: {}", one->scope, figure.name) : figure.name;
      out += fmt::format("| {} | {} | {} | {} |\n", markdown_text(name), decide::amount_text(figure.value, figure.unit), decide::basis_name(figure),
                         markdown_text(figure.source));
    }
  }
}

std::vector<decide::Bound> bounds_of(const std::vector<const Decision*>& decisions) {
  std::vector<decide::Bound> out;
  for (const Decision* one : decisions) {
    for (const decide::Threshold& threshold : one->thresholds) {
      for (const decide::Crossing& crossing : threshold.crossings) {
        const bool counted = crossing.bound == decide::Bound::kOne || crossing.bound == decide::Bound::kTwo;
        if (!counted && std::find(out.begin(), out.end(), crossing.bound) == out.end()) out.push_back(crossing.bound);
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

void write_bounds(std::string& out, const std::vector<decide::Bound>& bounds) {
  if (bounds.empty()) return;
  out += "\n## Bounds\n\n| Bound | Value | Basis | Source |\n| --- | --- | --- | --- |\n";
  for (const decide::Bound id : bounds) {
    const decide::BoundRow& row = decide::bound(id);
    out += fmt::format("| {} | {} | {} | {} |\n", row.name, decide::amount_text(row.value, row.unit), decide::bound_basis_name(row.basis),
                       markdown_text(row.source));
  }
}

void write_outlooks(std::string& out, const DecisionSet& set) {
  for (const Outlook& outlook : set.outlooks) {
    const auto& load = set.evidence.system().load;
    const bool designed = load && load->multiply * set.evidence.factor() == outlook.factor;
    out += fmt::format("\n## At {:g} times the declared load{}\n\n", outlook.factor,
                       designed ? ", which the design is meant for (`load.multiply`)" : "");
    if (outlook.flips.empty()) {
      out += "Every decision stays.\n";
      continue;
    }
    out += "| Decision | Now | Then | Because |\n| --- | --- | --- | --- |\n";
    for (const decide::Flip& flip : outlook.flips) {
      const KindRow* kind = decide::find_kind(flip.kind);
      std::string because;
      for (const decide::Crossed& crossed : flip.crossed) because += (because.empty() ? "" : "; ") + crossed_text(set, crossed);
      out += fmt::format("| {}. {}{} | {} | **{}** | {} |\n", kind->number, kind->title, flip.scope.empty() ? "" : " " + markdown_code(flip.scope),
                         markdown_text(flip.from), markdown_text(flip.to), markdown_text(because));
    }
  }
}

void write_consequences(std::string& out, const std::vector<const Decision*>& decisions) {
  std::vector<std::string> told;
  for (const Decision* one : decisions) {
    for (const std::string& consequence : one->consequences) {
      if (std::find(told.begin(), told.end(), consequence) == told.end()) told.push_back(consequence);
    }
  }
  if (told.empty()) return;
  out += "\n## Consequences\n\n";
  for (const std::string& consequence : told) out += fmt::format("- {}\n", markdown_text(consequence));
}

}  // namespace

std::string crossed_text(const DecisionSet& set, const decide::Crossed& crossed) {
  const decide::Figure figure = set.evidence.figure(crossed.figure);
  if (figure.unit == "flag") return figure.name;
  const double limit = decide::bound(crossed.bound).value;
  return fmt::format("{}: {} → {}, {} {}", figure.name, decide::amount_text(crossed.from, figure.unit), decide::amount_text(crossed.to, figure.unit),
                     crossed.to > crossed.from ? "beyond" : "below", decide::amount_text(limit, figure.unit));
}

std::string_view status_text(decide::Status status) noexcept {
  switch (status) {
    case decide::Status::kDecided:
      return "decided";
    case decide::Status::kNotNeeded:
      return "not needed";
    case decide::Status::kDeclared:
      return "declared in the model";
    case decide::Status::kAgainst:
      break;
  }
  return "the model says otherwise than the figures";
}

std::string decision_file(const KindRow& kind) { return fmt::format("{:04}-{}.md", kind.number, kind.id); }

DecisionSet make_decisions(const ir::System& system, double factor) {
  decide::Evidence evidence(system, capacity::derive_demand(system, factor, capacity::Database::kPostgres));
  std::vector<Decision> decisions = decide::decide(evidence);
  std::vector<decide::CacheLine> caches = decide::plan_caches(evidence, decisions);
  std::vector<double> factors{10 * factor, 100 * factor};
  if (system.load && system.load->multiply > 1) factors.push_back(system.load->multiply * factor);
  std::sort(factors.begin(), factors.end());
  factors.erase(std::unique(factors.begin(), factors.end()), factors.end());
  std::vector<Outlook> outlooks;
  for (const double other : factors) {
    const decide::Evidence later(system, capacity::derive_demand(system, other, capacity::Database::kPostgres));
    outlooks.push_back({other, decide::find_flips(evidence, later)});
  }
  return {std::move(evidence), std::move(decisions), std::move(caches), std::move(outlooks)};
}

std::vector<ChoiceGroup> group_choices(const DecisionSet& set, const KindRow& kind) {
  std::vector<ChoiceGroup> out;
  for (const Decision* one : decisions_of(set, kind)) {
    auto group = std::find_if(out.begin(), out.end(), [one](const ChoiceGroup& known) { return known.choice == one->choice; });
    if (group == out.end()) group = out.insert(out.end(), {one->choice, one->status, {}, nullptr});
    if (!one->scope.empty()) group->scopes.push_back(one->scope);
    if (one->thresholds.empty()) continue;
    if (group->nearest == nullptr || one->thresholds.front().distance < group->nearest->thresholds.front().distance) group->nearest = one;
  }
  return out;
}

std::string next_change(const DecisionSet& set, const ChoiceGroup& group) {
  if (group.nearest == nullptr) return "never";
  const decide::Threshold& threshold = group.nearest->thresholds.front();
  const std::string scope = group.scopes.size() > 1 ? group.nearest->scope + ": " : std::string();
  return fmt::format("{}{} when {}", scope, threshold.becomes, decide::threshold_text(set.evidence, threshold));
}

std::string print_decision_markdown(const DecisionSet& set, const KindRow& kind) {
  const std::vector<const Decision*> decisions = decisions_of(set, kind);
  std::string out =
      fmt::format("# {}. {}\n\n- System: {}, decided for {}\n", kind.number, kind.title, markdown_text(set.evidence.system().name), load_text(set));
  if (decisions.size() == 1) out += fmt::format("- Status: {}\n", status_text(decisions.front()->status));
  if (!kind.links.empty()) out += fmt::format("- See also: {}\n", links_text(kind));
  out += fmt::format("\n## Question\n\n{}\n\n", kind.question);
  if (decisions.size() == 1 && decisions.front()->scope.empty()) {
    write_single(out, set, *decisions.front());
  } else {
    write_several(out, set, decisions);
  }
  write_consequences(out, decisions);
  write_figures(out, set, decisions);
  write_bounds(out, bounds_of(decisions));
  return out;
}

std::string print_decisions_index(const DecisionSet& set) {
  std::string out = fmt::format("# Decisions of {}\n\nDecided for {}. Each page tells the reasons, the alternatives and the figures.\n\n",
                                markdown_text(set.evidence.system().name), load_text(set));
  out += "| | Question | Decision | Changes to |\n| --- | --- | --- | --- |\n";
  for (const KindRow& kind : decide::kinds()) {
    for (const ChoiceGroup& group : group_choices(set, kind)) {
      const std::string scopes = scopes_text(group.scopes, [](std::string_view name) { return markdown_code(name); });
      out += fmt::format("| {} | [{}]({}) | **{}**{}{} | {} |\n", kind.number, kind.title, decision_file(kind), markdown_text(group.choice),
                         scopes.empty() ? "" : ": ", scopes, markdown_text(next_change(set, group)));
    }
  }
  write_outlooks(out, set);
  out +=
      "\n## Bounds\n\nWhat figures are compared with. *Measured* by us, *documented* by the technology or by definition, or *assumed*: a judgement "
      "to "
      "replace by a measurement of yours.\n\n| Bound | Value | Basis | Source |\n| --- | --- | --- | --- |\n";
  for (const decide::BoundRow& row : decide::bounds()) {
    out += fmt::format("| {} | {} | {} | {} |\n", row.name, decide::amount_text(row.value, row.unit), decide::bound_basis_name(row.basis),
                       markdown_text(row.source));
  }
  return out;
}

std::string print_decisions_text(const DecisionSet& set) {
  std::string out = fmt::format("Decisions of {} for {}\n", plain(set.evidence.system().name), load_text(set));
  for (const KindRow& kind : decide::kinds()) {
    const auto groups = group_choices(set, kind);
    if (groups.empty()) continue;
    out += fmt::format("\n{:>2}  {}\n", kind.number, kind.title);
    for (const ChoiceGroup& group : groups) {
      const std::string scopes = scopes_text(group.scopes, plain);
      out +=
          fmt::format("    {}{}{}\n      changes to {}\n", plain(group.choice), scopes.empty() ? "" : ": ", scopes, plain(next_change(set, group)));
    }
  }
  for (const Outlook& outlook : set.outlooks) {
    out += fmt::format("\nAt {:g} times the declared load {}\n", outlook.factor, outlook.flips.empty() ? "every decision stays." : "these change:");
    for (const decide::Flip& flip : outlook.flips) {
      out += fmt::format("    {}{}: {} → {}\n", decide::find_kind(flip.kind)->title, flip.scope.empty() ? "" : " of " + plain(flip.scope),
                         plain(flip.from), plain(flip.to));
      for (const decide::Crossed& crossed : flip.crossed) out += fmt::format("      {}\n", plain(crossed_text(set, crossed)));
    }
  }
  return out;
}

std::vector<Artefact> print_decision_files(const DecisionSet& set) {
  constexpr std::string_view kMarkdown = "text/markdown; charset=utf-8";
  constexpr std::string_view kJson = "application/json";
  std::vector<Artefact> out;
  out.push_back({"decisions/README.md", std::string(kMarkdown), print_decisions_index(set), "Decisions, their thresholds and bounds"});
  for (const KindRow& kind : decide::kinds()) {
    if (decisions_of(set, kind).empty()) continue;
    out.push_back({"decisions/" + decision_file(kind), std::string(kMarkdown), print_decision_markdown(set, kind),
                   fmt::format("Decision {}: {}", kind.number, kind.title)});
  }
  out.push_back({"decisions.json", std::string(kJson), print_decisions_json(set), "Decisions with figures and thresholds"});
  out.push_back({"caching-plan.md", std::string(kMarkdown), print_caching_plan_markdown(set), "Caching plan of every query"});
  out.push_back({"caching-plan.json", std::string(kJson), print_caching_plan_json(set), "Caching plan of every query (JSON)"});
  return out;
}

}  // namespace kingpost::emit
