#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/cel/expr.hpp"
#include "kingpost/emit/site.hpp"

namespace kingpost::emit {

/// Style and script of the site; constant, without outside references.
extern const std::string_view kSiteStyle;
extern const std::string_view kSiteScript;
/// Style of charts, on the site and in a page of its own.
extern const std::string_view kChartStyle;

/// HTML of a page under construction: what a helper takes as `text` is escaped, what it takes as `html` is written as it is.
class Page {
 public:
  void raw(std::string_view html) { out_ += html; }
  void text(std::string_view text);
  /// `<name>text</name>`.
  void element(std::string_view name, std::string_view text);
  /// Opens a section with its heading: `<h1>` for the first of a page, so headings inside are `<h2>`, then `<h3>`.
  void open_section(std::string_view id, std::string_view heading, std::string_view intro = {});
  void close_section() { out_ += "</section>\n"; }
  /// A table in a container that scrolls by itself. `label` names it for assistive technology.
  void open_table(std::string_view label, const std::vector<std::string_view>& columns);
  void close_table() { out_ += "</tbody></table></div>\n"; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool titled_ = false;
};

/// `<code>` of an escaped text.
[[nodiscard]] std::string code(std::string_view text);
[[nodiscard]] std::string badge(std::string_view text);
/// What makes an element findable: kind and name, as attributes.
[[nodiscard]] std::string findable(std::string_view kind, std::string_view name);
[[nodiscard]] std::string entity_anchor(std::string_view name);
[[nodiscard]] std::string entity_link(const ir::System& system, ir::EntityId id);
[[nodiscard]] std::string command_anchor(std::string_view name);
/// Canonical text of an expression; empty for none.
[[nodiscard]] std::string expression_text(const cel::ExprPtr& expression);
/// HTML of who a policy lets through: its text, or a word where it is constant.
[[nodiscard]] std::string who(const cel::ExprPtr& policy);
/// `one entity`, `3 entities`.
[[nodiscard]] std::string counted(std::size_t count, std::string_view one, std::string_view many);
/// `90 s`, `5 min`, `1 h`, `3 days`: in the largest unit that leaves a whole number.
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);
/// With commas between thousands.
[[nodiscard]] std::string grouped(std::int64_t number);
/// A type as a reader wants it: enums with their values.
[[nodiscard]] std::string type_text(const ir::System& system, const ir::LogicalType& type);

/// A diagram with its tools and links to its files; the picture where there is one, else the Mermaid text.
void write_figure(Page& page, const SiteDiagram& diagram);
/// A drawing that has a page of its own: where, and what stands on it.
[[nodiscard]] std::string large_page(const SiteDiagram& diagram);
void write_large(Page& page, const SiteDiagram& diagram);
/// The one whose anchor that is, or null.
[[nodiscard]] const SiteDiagram* find_diagram(const SiteInput& input, std::string_view anchor);

/// The pages (kSections in site.cpp lists them).
void write_overview(Page& page, const SiteInput& input);
void write_diagrams(Page& page, const SiteInput& input);
void write_entities(Page& page, const SiteInput& input);
void write_access(Page& page, const SiteInput& input);
void write_apis(Page& page, const SiteInput& input);
void write_behaviour(Page& page, const SiteInput& input);
void write_databases(Page& page, const SiteInput& input);
void write_capacity(Page& page, const SiteInput& input);
void write_decisions(Page& page, const SiteInput& input);
void write_caching(Page& page, const SiteInput& input);
void write_requirements_trace(Page& page, const SiteInput& input);
void write_threats(Page& page, const SiteInput& input);
void write_objectives(Page& page, const SiteInput& input);
void write_compliance(Page& page, const SiteInput& input);
void write_open_points(Page& page, const SiteInput& input);
void write_files(Page& page, const SiteInput& input);

}  // namespace kingpost::emit
