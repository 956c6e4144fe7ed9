#include "kingpost/assess/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "kingpost/assess/draft_model.hpp"
#include "kingpost/assess/infer.hpp"
#include "kingpost/assess/markdown.hpp"
#include "kingpost/assess/markdown_html.hpp"
#include "kingpost/assess/summary.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/introspect/names.hpp"

namespace kingpost::assess {
namespace {

using emit::Artefact;

constexpr std::size_t kPlacesShown = 8;
constexpr std::size_t kNotesShown = 60;
/// Ranking more than this takes seconds; the Mermaid text says the same.
constexpr std::size_t kMostPictured = 160;

constexpr const char* kMarkdown = "text/markdown; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kPlain = "text/plain; charset=utf-8";
constexpr const char* kSvg = "image/svg+xml";

void print_rules_table(std::string& out, const std::vector<RuleGroup>& groups) {
  if (groups.empty()) return;
  out += "| severity | rule | what it means | findings |\n| --- | --- | --- | ---: |\n";
  for (const RuleGroup& group : groups)
    out += fmt::format("| {} | {} | {} | {} |\n", word_of(group.severity), code(group.rule), plain(group.title), group.findings.size());
  out += '\n';
}

void print_group(std::string& out, const Assessment& assessment, const RuleGroup& group) {
  out += fmt::format("### {} ({}, {})\n\n", plain(group.title.empty() ? group.rule : group.title), word_of(group.severity),
                     counted(group.findings.size(), "place"));
  const std::size_t shown =
      group.severity == Severity::kError ? std::min<std::size_t>(group.findings.size(), 50) : std::min(group.findings.size(), kPlacesShown);
  for (std::size_t at = 0; at < shown; ++at) {
    const auto& finding = *group.findings[at];
    out += fmt::format("- {}: {}", code(place_of(assessment, finding.span)), prose(visible(finding.message)));
    if (!finding.evidence.empty()) out += " (" + prose(visible(finding.evidence)) + ")";
    if (!finding.fix.empty()) out += " **Do:** " + prose(visible(finding.fix));
    out += '\n';
  }
  if (group.findings.size() > shown) out += fmt::format("- {} more stand in findings.json.\n", group.findings.size() - shown);
  out += '\n';
}

std::string print_notes(const DraftModel& draft) {
  std::string out = fmt::format("## Draft model\n\nmodel.yaml says the tables in Kingpost's language. What it does not say ({}):\n\n",
                                counted(draft.notes.size(), "note"));
  for (std::size_t at = 0; at < draft.notes.size() && at < kNotesShown; ++at) out += "- " + plain(visible(draft.notes[at])) + "\n";
  if (draft.notes.size() > kNotesShown) out += fmt::format("- {} more stand as comments in model.yaml.\n", draft.notes.size() - kNotesShown);
  return out + '\n';
}

class Reporter {
 public:
  Reporter(const Assessment& assessment, bool pictures) : assessment_(assessment), pictures_(pictures) {}

  ReportFiles run() {
    std::string markdown = print_markdown(assessment_);
    add("findings.json", kJson, print_json(assessment_), "Findings");
    add("findings.sarif", kJson, print_sarif(assessment_), "Findings for code scanning");
    if (assessment_.boundaries.tables > 0) {
      const std::string boundaries = print_boundaries_markdown(assessment_.boundaries);
      const std::string plan = print_strangler_markdown(assessment_.plan, assessment_.boundaries);
      add("boundaries.json", kJson, print_boundaries_json(assessment_.boundaries), "Boundaries");
      add("boundaries.md", kMarkdown, boundaries, "Boundaries");
      add("strangler-plan.md", kMarkdown, plan, "Strangler plan");
      pages_ = markdown_to_html(boundaries) + markdown_to_html(plan);
      add_er();
    } else {
      out_.left_out.emplace_back("Boundaries, ER diagram and draft model: no table was read.");
    }
    add_c4();
    markdown += add_model();
    add("report.md", kMarkdown, markdown, "Report");
    add("report.html", "text/html; charset=utf-8", html_page(assessment_.name, markdown_to_html(markdown) + figures_ + pages_), "Report");
    std::stable_sort(out_.files.begin(), out_.files.end(), [](const Artefact& left, const Artefact& right) { return left.path < right.path; });
    return std::move(out_);
  }

 private:
  void add(std::string path, const char* type, std::string bytes, std::string title) {
    out_.files.push_back({std::move(path), type, std::move(bytes), std::move(title)});
  }

  void add_figure(std::string_view title, const std::string& svg) {
    figures_ += fmt::format("<h2>{}</h2>\n<figure>{}</figure>\n", emit::escape_html(title), svg);
  }

  void add_picture(const std::string& path, const emit::ErModel& model) {
    add(path + ".mmd", kPlain, emit::print_er_mermaid(model), "Entities (Mermaid)");
    if (!pictures_) return;
    if (model.entities.size() > kMostPictured || model.lines.size() > 2 * kMostPictured) {
      out_.left_out.push_back(
          fmt::format("{0}.svg: {1} tables with {2} references are more than one picture can show (at most {3} and {4}); {0}.mmd holds them.", path,
                      model.entities.size(), model.lines.size(), kMostPictured, 2 * kMostPictured));
      return;
    }
    auto picture = emit::draw_er(model);
    const std::string figure = picture.file;
    add(path + ".svg", kSvg, std::move(picture.file), "Entities");
    add_figure("Entities of " + model.title, figure);
  }

  void add_er() {
    const auto& boundaries = assessment_.boundaries;
    add_picture("er", infer_er(assessment_.facts.sql, assessment_.name));
    if (boundaries.services.size() < 2 || boundaries.tables < kFewTables) return;
    for (const Service& one : boundaries.services) {
      auto tables = one.tables;
      tables.insert(tables.end(), one.references.begin(), one.references.end());
      if (tables.size() > 1) add_picture("er-" + emit::file_segment(one.name), infer_er(assessment_.facts.sql, one.name, &tables));
    }
  }

  void add_c4() {
    const auto model = infer_c4(assessment_.facts, assessment_.name);
    if (model.nodes.empty()) {
      out_.left_out.emplace_back("C4 diagram: nothing was read that runs or serves (compose, Kubernetes, API files).");
      return;
    }
    add("c4-containers.mmd", kPlain, emit::print_c4_mermaid(model), "Containers (Mermaid)");
    if (!pictures_) return;
    auto picture = emit::draw_c4(model);
    const std::string figure = picture.file;
    add("c4-containers.svg", kSvg, std::move(picture.file), "Containers");
    add_figure("Containers", figure);
  }

  std::string add_model() {
    if (assessment_.facts.sql.tables.empty()) return {};
    auto draft = draft_model(assessment_.facts.sql, introspect::model_name(assessment_.name, "system"), assessment_.name);
    if (!draft) {
      out_.left_out.push_back("model.yaml: " + draft.error().message);
      return {};
    }
    std::string notes = print_notes(*draft);
    add("model.yaml", "application/yaml", std::move(draft->yaml), "Draft model");
    return notes;
  }

  const Assessment& assessment_;
  bool pictures_;
  ReportFiles out_;
  std::string figures_;
  std::string pages_;
};

}  // namespace

std::string print_markdown(const Assessment& assessment) {
  const auto& findings = assessment.findings;
  const auto groups = group_findings(assessment);
  std::string out = fmt::format("# Review of {}\n\nRead: {}. {}, {}, {} by {} rules.\n\n", plain(assessment.name), plain(what_was_read(assessment)),
                                counted(count_of(findings, Severity::kError), "error"), counted(count_of(findings, Severity::kWarning), "warning"),
                                counted(count_of(findings, Severity::kNote), "note"), all_rules().size());
  print_rules_table(out, groups);
  if (assessment.boundaries.tables > 0) {
    out += fmt::format("Service boundaries: **{}**\n\n", assessment.boundaries.keep_one ? "keep one service." : "parting is possible.");
    for (const auto& reason : assessment.boundaries.reasons) out += "- " + plain(reason) + "\n";
    out += '\n';
  }
  if (!groups.empty()) out += "## Findings\n\n";
  for (const RuleGroup& group : groups) print_group(out, assessment, group);
  if (!assessment.skipped.empty()) {
    out += "## Not read\n\n";
    for (const auto& sentence : assessment.skipped) out += "- " + plain(visible(sentence)) + "\n";
    out += '\n';
  }
  return out;
}

ReportFiles make_report(const Assessment& assessment, bool pictures) { return Reporter(assessment, pictures).run(); }

}  // namespace kingpost::assess
