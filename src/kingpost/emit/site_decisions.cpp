#include <fmt/format.h>

#include "kingpost/emit/caching_plan.hpp"
#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {
namespace {

/// Escaped text whose pairs of backticks become code.
std::string rich(std::string_view text) {
  std::string out;
  std::size_t open = text.find('`');
  while (open != std::string_view::npos) {
    const std::size_t next = text.find('`', open + 1);
    if (next == std::string_view::npos) break;
    out += escape_html(text.substr(0, open)) + code(text.substr(open + 1, next - open - 1));
    text.remove_prefix(next + 1);
    open = text.find('`');
  }
  return out + escape_html(text);
}

std::string scopes_html(const std::vector<std::string>& scopes) {
  constexpr std::size_t kTold = 8;
  std::string out;
  for (std::size_t at = 0; at < scopes.size() && at < kTold; ++at) out += (at == 0 ? "" : ", ") + code(scopes[at]);
  if (scopes.size() > kTold) out += fmt::format(" and {} more", scopes.size() - kTold);
  return out;
}

void write_overview_table(Page& page, const DecisionSet& set) {
  page.open_table("Decisions", {"Question", "Decision", "For", "Changes to"});
  for (const decide::KindRow& kind : decide::kinds()) {
    bool first = true;
    for (const ChoiceGroup& group : group_choices(set, kind)) {
      if (first) {
        page.raw(fmt::format("<tr id=\"decision-{}\"{}><th scope=\"row\"><a href=\"decisions/{}\">{}. {}</a></th>", kind.id,
                             findable("decision", kind.title), decision_file(kind), kind.number, kind.title));
      } else {
        page.raw("<tr><td></td>");
      }
      first = false;
      page.raw(fmt::format("<td>{}{}</td><td>{}</td><td>{}</td></tr>\n", rich(group.choice),
                           group.status == decide::Status::kAgainst ? " " + badge("against the model") : "", scopes_html(group.scopes),
                           rich(next_change(set, group))));
    }
  }
  page.close_table();
}

/// Reasons and alternatives of the decisions about the whole system; those about elements have their files.
void write_reasons(Page& page, const DecisionSet& set) {
  page.raw("<h2>Reasons</h2>\n");
  for (const decide::Decision& one : set.decisions) {
    const decide::KindRow* kind = decide::find_kind(one.kind);
    if (!one.scope.empty()) continue;
    page.raw(fmt::format("<details><summary>{}. {}: {}</summary>\n<ul>\n", kind->number, kind->title, rich(one.choice)));
    for (const std::string& reason : one.reasons) page.raw(fmt::format("<li>{}</li>\n", rich(reason)));
    for (const decide::Alternative& other : one.alternatives) page.raw(fmt::format("<li>Not {}. {}</li>\n", rich(other.name), rich(other.why_not)));
    for (const std::string& consequence : one.consequences) page.raw(fmt::format("<li>Consequence: {}</li>\n", rich(consequence)));
    page.raw("</ul>\n</details>\n");
  }
}

void write_outlooks(Page& page, const DecisionSet& set) {
  for (const Outlook& outlook : set.outlooks) {
    page.raw(fmt::format("<h2>At {:g} times the declared load</h2>\n", outlook.factor));
    if (outlook.flips.empty()) {
      page.raw("<p>Every decision stays.</p>\n");
      continue;
    }
    page.open_table(fmt::format("What changes at {:g} times the load", outlook.factor), {"Decision", "Now", "Then", "Because"});
    for (const decide::Flip& flip : outlook.flips) {
      std::string because;
      for (const decide::Crossed& crossed : flip.crossed) because += (because.empty() ? "" : "<br>") + rich(crossed_text(set, crossed));
      page.raw(fmt::format("<tr><th scope=\"row\">{}{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n", decide::find_kind(flip.kind)->title,
                           flip.scope.empty() ? "" : " " + code(flip.scope), rich(flip.from), rich(flip.to), because));
    }
    page.close_table();
  }
}

void write_bounds(Page& page) {
  page.raw("<h2>Bounds</h2>\n<p>What figures are compared with. Assumed ones are judgements: replace them by measurements of yours.</p>\n");
  page.open_table("Bounds", {"Bound", "Value", "Basis", "Source"});
  for (const decide::BoundRow& row : decide::bounds()) {
    page.raw(fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n", row.name, decide::amount_text(row.value, row.unit),
                         decide::bound_basis_name(row.basis), escape_html(row.source)));
  }
  page.close_table();
}

}  // namespace

void write_decisions(Page& page, const SiteInput& input) {
  const DecisionSet& set = *input.decisions;
  page.open_section(
      "decisions", "Decisions",
      "What follows from the model and its load, and which figure would change it. The files behind the questions tell the alternatives, "
      "the figures and where each comes from.");
  write_overview_table(page, set);
  write_outlooks(page, set);
  write_reasons(page, set);
  write_bounds(page);
  page.close_section();
}

void write_caching(Page& page, const SiteInput& input) {
  const DecisionSet& set = *input.decisions;
  if (set.caches.empty()) return;
  page.open_section("caching", "Caching");
  page.raw(fmt::format("<p class=\"intro\">{}</p>\n", rich(caching_plan_note())));
  page.open_table("Caching plan", {"Query", "Where", "Shared by", "Time kept", "Key", "Dropped after", "Cache-Control", "Vary", "Reads at peak",
                                   "Hits (assumed)", "Saved", "Why"});
  for (const decide::CacheLine& line : set.caches) {
    std::string writers;
    for (const std::string& writer : line.invalidated_by) writers += (writers.empty() ? "" : ", ") + code(writer);
    const std::string control = line.cache_control + (line.cdn_cache_control.empty() ? "" : "; CDN: " + line.cdn_cache_control);
    page.raw(fmt::format("<tr id=\"cache-{}\"{}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>",
                         file_segment(line.query), findable("caching", line.query), code(line.query), escape_html(line.where),
                         decide::sharing_name(line.sharing), line.ttl_s > 0 ? decide::amount_text(line.ttl_s, "s") : "–",
                         line.key.empty() ? "–" : code(line.key), writers.empty() ? "–" : writers));
    page.raw(fmt::format("<td>{}</td><td>{}</td><td>{} ({})</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", code(control), escape_html(line.vary),
                         decide::amount_text(line.reads.value, line.reads.unit), decide::basis_name(line.reads),
                         line.hit_percent > 0 ? decide::amount_text(line.hit_percent, "%") : "–",
                         line.saved_per_second > 0 ? decide::amount_text(line.saved_per_second, "reads/s") : "–", rich(line.verdict)));
  }
  page.close_table();
  page.close_section();
}

void add_decisions(Files& files, const SiteInput& input) {
  for (Artefact& file : print_decision_files(*input.decisions)) {
    files.add(std::move(file.path), file.content_type, std::move(file.bytes), std::move(file.title));
  }
}

}  // namespace kingpost::emit
