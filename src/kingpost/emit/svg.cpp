#include "kingpost/emit/svg.hpp"

#include <fmt/format.h>

#include "kingpost/base/text.hpp"
#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

namespace {

constexpr double kMargin = 16;

/// Colours of a drawing that stands alone; inline it takes the page's variables of the same names.
constexpr std::string_view kOwnColours = R"(svg{--ink:#1c2430;--muted:#5b6675;--line:#c9d0d9;--surface:#fff;--raised:#f4f6f8;--accent:#1f5fa8;
--warn:#9a4a00;background:var(--surface)}
@media (prefers-color-scheme:dark){svg{--ink:#e4e8ee;--muted:#9aa6b5;--line:#465161;--surface:#14181e;--raised:#1c222a;--accent:#7db3f0;
--warn:#f0ad6a}}
)";

bool breaks_after(char byte) { return byte == '_' || byte == '.' || byte == ',' || byte == '/' || byte == '-'; }

/// Bytes of `text` that hold its first `points` code points.
std::size_t bytes_of(std::string_view text, std::size_t points) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    const bool starts = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (starts && seen++ == points) break;
  }
  return at;
}

/// The bytes of the next line of `text`: whole words where they fit.
std::size_t next_line(std::string_view text, std::size_t limit) {
  if (count_code_points(text) <= limit) return text.size();
  const std::size_t most = bytes_of(text, limit);
  const std::size_t blank = text.rfind(' ', most);
  if (blank != std::string_view::npos && blank > 0) return blank;
  for (std::size_t at = most; at > most / 2; --at) {
    if (breaks_after(text[at - 1])) return at;
  }
  return most;
}

}  // namespace

const std::string_view kDrawingStyle = R"css(.kp-d text{font-family:ui-sans-serif,system-ui,sans-serif;font-size:12px;fill:var(--ink)}
.kp-d .mono{font-family:ui-monospace,monospace}
.kp-d .name{font-weight:600;font-size:13px}
.kp-d .title{font-weight:600;font-size:28px;fill:var(--muted)}
.kp-d .soft{fill:var(--muted)}
.kp-d .halo{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.kp-d .key{fill:var(--accent);font-size:10px;font-weight:600}
.kp-d .box{fill:var(--surface);stroke:var(--line)}
.kp-d .head{fill:var(--raised)}
.kp-d .rule{stroke:var(--line);fill:none}
.kp-d .edge{stroke:var(--muted);fill:none;stroke-width:1.2}
.kp-d .far{opacity:.45}
.kp-d .dashed{stroke-dasharray:5 4}
.kp-d .tip{stroke:var(--muted);fill:var(--surface);stroke-width:1.2}
.kp-d .arrow{fill:var(--muted);stroke:none}
.kp-d .open{fill:none;stroke:var(--muted);stroke-width:1.2}
.kp-d .boundary{fill:none;stroke:var(--muted);stroke-dasharray:5 4}
.kp-d .person{fill:var(--raised);stroke:var(--muted)}
.kp-d .main{fill:var(--raised);stroke:var(--accent)}
.kp-d .outside{fill:var(--surface);stroke:var(--muted);stroke-dasharray:3 3}
.kp-d .dot{fill:var(--ink);stroke:none}
.kp-d .life{stroke:var(--line);stroke-width:1}
.kp-d .frame-line{fill:none;stroke:var(--muted);stroke-width:1}
.kp-d .tag{fill:var(--raised);stroke:var(--muted)}
.kp-d .undo{stroke:var(--warn)}
.kp-d .warned{fill:var(--warn)}
.kp-d a:hover .box,.kp-d a:focus .box,.kp-d a:hover .main,.kp-d a:focus .main{stroke:var(--accent);stroke-width:2}
)css";

const std::string_view kDrawingMarkers =
    R"(<defs>
<marker id="kp-arrow" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="10" refX="11" refY="5" orient="auto-start-reverse">
<path class="arrow" d="M0,0L12,5L0,10z"/></marker>
<marker id="kp-open" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="10" refX="11" refY="5" orient="auto">
<path class="open" d="M1,0L11,5L1,10"/></marker>
<marker id="kp-one" markerUnits="userSpaceOnUse" markerWidth="18" markerHeight="16" refX="0" refY="8" orient="auto">
<path class="tip" d="M6,2V14M11,2V14"/></marker>
<marker id="kp-maybe" markerUnits="userSpaceOnUse" markerWidth="22" markerHeight="16" refX="0" refY="8" orient="auto">
<path class="tip" d="M6,2V14"/><circle class="tip" cx="14" cy="8" r="4"/></marker>
<marker id="kp-many" markerUnits="userSpaceOnUse" markerWidth="22" markerHeight="16" refX="21" refY="8" orient="auto">
<circle class="tip" cx="5" cy="8" r="4"/><path class="tip" d="M9,8L21,2M9,8L21,14"/></marker>
<marker id="kp-single" markerUnits="userSpaceOnUse" markerWidth="22" markerHeight="16" refX="21" refY="8" orient="auto">
<circle class="tip" cx="5" cy="8" r="4"/><path class="tip" d="M13,2V14"/></marker>
</defs>
)";

std::string shortened(std::string_view text, std::size_t limit) {
  if (count_code_points(text) <= limit) return std::string(text);
  return std::string(text.substr(0, bytes_of(text, limit - 1))) + "…";
}

double width_of(std::string_view text, double per_character) { return static_cast<double>(count_code_points(text)) * per_character; }

std::vector<std::string> wrapped(std::string_view text, std::size_t limit, std::size_t lines) {
  std::vector<std::string> out;
  while (!text.empty()) {
    if (out.size() + 1 == lines) {
      out.push_back(shortened(text, limit));
      break;
    }
    const std::size_t bytes = next_line(text, limit);
    out.emplace_back(text.substr(0, bytes));
    text.remove_prefix(bytes);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  return out;
}

std::string number_text(double value) {
  std::string out = fmt::format("{:.1f}", value);
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

Drawing::Drawing(std::string_view title, Size size) {
  const std::string width = number_text(size.width + 2 * kMargin);
  const std::string height = number_text(size.height + 2 * kMargin);
  const std::string head = fmt::format(R"(<svg class="kp-d" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{0}" )"
                                       R"(viewBox="{1} {1} {2} {3}" width="{2}" height="{3}">)",
                                       escape_html(title), number_text(-kMargin), width, height);
  file_ = fmt::format("{}\n<title>{}</title>\n<style>\n{}{}</style>\n{}", head, escape_html(title), kOwnColours, kDrawingStyle, kDrawingMarkers);
  // A drawing with links must not be one image to assistive technology.
  inlined_ = fmt::format(R"(<svg class="kp-d" role="group" aria-label="{0}" viewBox="{1} {1} {2} {3}" width="{2}" height="{3}">)", escape_html(title),
                         number_text(-kMargin), width, height);
  inlined_ += '\n';
}

void Drawing::raw(std::string_view svg) {
  file_ += svg;
  inlined_ += svg;
}

void Drawing::text(Point at, std::string_view classes, std::string_view words, std::string_view anchor) {
  const std::string style = classes.empty() ? std::string() : fmt::format(" class=\"{}\"", classes);
  const std::string side = anchor == "start" ? std::string() : fmt::format(" text-anchor=\"{}\"", anchor);
  raw(fmt::format("<text x=\"{}\" y=\"{}\"{}{}>{}</text>\n", number_text(at.x), number_text(at.y), style, side, escape_html(words)));
}

void Drawing::rectangle(Point at, Size size, std::string_view classes, double radius) {
  raw(fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" class=\"{}\"/>\n", number_text(at.x), number_text(at.y),
                  number_text(size.width), number_text(size.height), number_text(radius), classes));
}

void Drawing::line(Point from, Point to, std::string_view classes) {
  raw(fmt::format("<path class=\"{}\" d=\"M{},{}L{},{}\"/>\n", classes, number_text(from.x), number_text(from.y), number_text(to.x),
                  number_text(to.y)));
}

void Drawing::path(const std::vector<Point>& points, std::string_view classes, std::string_view extra) {
  if (points.size() < 4) return;
  std::string out = fmt::format("<path class=\"{}\" d=\"M{},{}", classes, number_text(points[0].x), number_text(points[0].y));
  for (std::size_t at = 1; at + 2 < points.size(); at += 3) {
    out += fmt::format("C{},{} {},{} {},{}", number_text(points[at].x), number_text(points[at].y), number_text(points[at + 1].x),
                       number_text(points[at + 1].y), number_text(points[at + 2].x), number_text(points[at + 2].y));
  }
  raw(fmt::format("{}\" {}/>\n", out, extra));
}

void Drawing::begin_link(std::string_view anchor) { inlined_ += fmt::format("<a href=\"#{}\">", escape_html(anchor)); }

void Drawing::end_link() { inlined_ += "</a>"; }

Picture Drawing::take() {
  raw("</svg>\n");
  return {std::move(file_), std::move(inlined_)};
}

}  // namespace kingpost::emit
