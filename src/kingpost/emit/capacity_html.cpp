#include <fmt/format.h>

#include "kingpost/emit/capacity_charts.hpp"
#include "kingpost/emit/capacity_print.hpp"
#include "kingpost/emit/capacity_report.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

const std::string_view kChartStyle = R"css(
.chart{margin:20px 0 8px;max-width:820px}
.chart svg{display:block;width:100%;height:auto;font-family:var(--sans)}
.chart figcaption{display:block;margin-bottom:10px;color:var(--muted);font-size:.9375rem}
.chart figcaption strong{color:var(--ink)}
.chart .intro{font-size:.875rem;margin:6px 0 0}
.figures{display:flex;flex-wrap:wrap;gap:12px 40px;margin:24px 0 0}
.figures div{display:flex;flex-direction:column-reverse}
.figures dt{font-size:.875rem;color:var(--muted)}
.figures dd{margin:0;font-size:1.625rem;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.2}
.notes{padding-left:18px;max-width:76ch}
.notes li{margin:6px 0}
.capacity section{margin-top:48px}
.capacity td,.capacity th{min-width:0}
.capacity td.said{min-width:12em}
.capacity .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.capacity .wide{min-width:16em}
.capacity .basis{font-size:.75rem;border:1px solid var(--line);border-radius:4px;padding:1px 7px;white-space:nowrap;color:var(--muted)}
.capacity .basis.declared,.capacity .basis.measured{color:var(--accent);border-color:var(--accent)}
.single{max-width:1080px;margin:0 auto;padding:40px 20px 96px}
)css";

namespace {

bool is_basis(std::string_view cell) { return cell == "declared" || cell == "measured" || cell == "assumed"; }

/// Escaped, with what stands between backticks as code.
std::string with_code(std::string_view text) {
  std::string out;
  bool inside = false;
  for (auto tick = text.find('`'); tick != std::string_view::npos; tick = text.find('`')) {
    out += escape_html(text.substr(0, tick));
    inside = !inside;
    out += inside ? "<code>" : "</code>";
    text.remove_prefix(tick + 1);
  }
  return out + escape_html(text) + (inside ? "</code>" : "");
}

void write_table(Page& page, const ReportTable& table) {
  page.raw(
      fmt::format("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{} (table)\"><table><thead><tr>", escape_html(table.title)));
  for (const auto& column : table.columns) {
    page.raw(fmt::format("<th scope=\"col\"{}>{}</th>", column.number ? " class=\"number\"" : "", escape_html(column.title)));
  }
  page.raw("</tr></thead><tbody>\n");
  for (const auto& row : table.rows) {
    page.raw("<tr>");
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == 0) {
        page.raw(fmt::format("<th scope=\"row\">{}</th>", escape_html(row[i])));
      } else if (!table.columns[i].number && is_basis(row[i])) {
        page.raw(fmt::format("<td><span class=\"basis {0}\">{0}</span></td>", row[i]));
      } else {
        constexpr std::size_t kLong = 40;
        constexpr std::size_t kShort = 12;
        const char* kind = table.columns[i].number  ? " class=\"number\""
                           : row[i].size() > kLong  ? " class=\"wide\""
                           : row[i].size() > kShort ? " class=\"said\""
                                                    : "";
        page.raw(fmt::format("<td{}>{}</td>", kind, escape_html(row[i])));
      }
    }
    page.raw("</tr>\n");
  }
  page.close_table();
}

void write_figures(Page& page, const capacity::Plan& plan) {
  page.raw("<dl class=\"figures\">\n");
  const auto figure = [&](const std::string& value, const std::string& name) {
    page.raw(fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value)));
  };
  figure(amount_text(plan.once.demand.total.peak_per_second), "requests a second, peak");
  figure(amount_text(plan.once.servers), plan.once.servers == 1 ? "server" : "servers, one may be lost");
  if (plan.once.database_nodes > 0) figure(amount_text(plan.once.database_nodes), "database nodes");
  figure(bytes_text(plan.once.disk.data[1]), "on disk after a year");
  figure(fmt::format("{} {}", amount_text(plan.once.cost_month), plan.prices.currency()), "a month");
  if (!plan.once.binding.empty()) figure(amount_text(plan.breaks_at) + "×", "load breaks " + plan.once.binding);
  page.raw("</dl>\n");
}

}  // namespace

std::string print_capacity_body(const ir::System& system, const capacity::Plan& plan) {
  const auto report = make_capacity_report(system, plan);
  Page page;
  page.raw(fmt::format("<div class=\"capacity\">\n<p class=\"lead\">{}</p>\n", escape_html(report.lead)));
  write_figures(page, plan);
  if (!report.notes.empty()) {
    page.raw("<ul class=\"notes\">\n");
    for (const auto& note : report.notes) page.raw(fmt::format("<li>{}</li>\n", with_code(note)));
    page.raw("</ul>\n");
  }
  for (const auto& table : report.tables) {
    page.raw(fmt::format("<section id=\"capacity-{0}\" aria-labelledby=\"capacity-{0}-h\">\n<h2 id=\"capacity-{0}-h\">{1}</h2>\n", table.id,
                         escape_html(table.title)));
    if (!table.intro.empty()) page.raw(fmt::format("<p class=\"intro\">{}</p>\n", escape_html(table.intro)));
    if (table.id == "resources") page.raw(chart_resources(plan));
    if (table.id == "sensitivity") page.raw(chart_sensitivity(plan));
    if (table.id == "entities") page.raw(chart_growth(system, plan));
    if (table.id == "operations") page.raw(chart_operations(plan));
    write_table(page, table);
    page.raw("</section>\n");
  }
  page.raw("</div>\n");
  return page.take();
}

std::string print_capacity_html(const ir::System& system, const capacity::Plan& plan) {
  const auto title = escape_html(make_capacity_report(system, plan).title);
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n";
  out += "<meta name=\"generator\" content=\"Kingpost\">\n<link rel=\"icon\" href=\"data:,\">\n";
  out += fmt::format("<title>{}</title>\n<style>\n{}{}</style>\n</head>\n<body>\n<main class=\"single\">\n<h1>{}</h1>\n", title, kSiteStyle,
                     kChartStyle, title);
  out += print_capacity_body(system, plan);
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace kingpost::emit
