#include "kingpost/assess/markdown_html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "kingpost/emit/html.hpp"

namespace kingpost::assess {
namespace {

constexpr std::string_view kStyle = R"(<style>
:root{--ink:#1c2430;--muted:#5b6675;--line:#d5dae1;--surface:#fff;--raised:#f4f6f8;--accent:#1f5fa8;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ee;--muted:#9aa6b5;--line:#39424f;--surface:#14181e;--raised:#1c222a;--accent:#7db3f0}}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--surface);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
h1,h2,h3{line-height:1.2;margin:2rem 0 .6rem}
a{color:var(--accent)}
code{font:.9em ui-monospace,monospace;background:var(--raised);padding:.1em .3em;border-radius:3px;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.92em}
th,td{border:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top}
th{background:var(--raised)}
td.n{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1rem 0;overflow:auto;border:1px solid var(--line);border-radius:6px;padding:.5rem;max-height:80vh}
</style>)";

/// Text with code spans, bold and links.
std::string inline_html(std::string_view text) {
  std::string out;
  bool bold = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const std::size_t close = c == '`' ? text.find('`', at + 1) : std::string_view::npos;
    if (close != std::string_view::npos) {
      std::string span(text.substr(at + 1, close - at - 1));
      for (auto bar = span.find("\\|"); bar != std::string::npos; bar = span.find("\\|", bar + 1)) span.erase(bar, 1);
      out += "<code>" + emit::escape_html(span) + "</code>";
      at = close;
    } else if (c == '\\' && at + 1 < text.size()) {
      out += emit::escape_html(text.substr(++at, 1));
    } else if (text.substr(at, 4) == "&lt;") {
      out += "&lt;";
      at += 3;
    } else if (text.substr(at, 2) == "**") {
      out += bold ? "</strong>" : "<strong>";
      bold = !bold;
      ++at;
    } else if (c == '[' && text.find("](", at) != std::string_view::npos) {
      const std::size_t middle = text.find("](", at);
      const std::size_t end = std::min(text.find(')', middle), text.size());
      out += fmt::format("<a href=\"{}\">{}</a>", emit::escape_html(text.substr(middle + 2, end - middle - 2)),
                         emit::escape_html(text.substr(at + 1, middle - at - 1)));
      at = end;
    } else {
      // A byte of a longer character is copied as it is.
      out += static_cast<unsigned char>(c) >= 0x80U ? std::string(1, c) : emit::escape_html(std::string_view(&text[at], 1));
    }
  }
  return bold ? out + "</strong>" : out;
}

/// Cells of a row of a table; `\|` and bars within code spans that are written so do not part.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  std::size_t start = 1;
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '|') {
      auto cell = line.substr(start, at - start);
      while (!cell.empty() && cell.front() == ' ') cell.remove_prefix(1);
      while (!cell.empty() && cell.back() == ' ') cell.remove_suffix(1);
      cells.push_back(cell);
      start = at + 1;
    }
  }
  return cells;
}

class Converter {
 public:
  std::string run(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      add(text.substr(at, end - at));
      at = end + 1;
    }
    close();
    return std::move(out_);
  }

 private:
  enum class Open { kNone, kList, kTable, kParagraph };

  void close() {
    if (open_ == Open::kList) out_ += "</ul>\n";
    if (open_ == Open::kTable) out_ += "</table></div>\n";
    if (open_ == Open::kParagraph) out_ += "</p>\n";
    open_ = Open::kNone;
  }

  void enter(Open kind, std::string_view tag) {
    if (open_ == kind) return;
    close();
    out_ += tag;
    open_ = kind;
  }

  void add(std::string_view line) {
    if (line.empty()) return close();
    std::size_t level = 0;
    while (level < line.size() && line[level] == '#') ++level;
    if (level > 0 && level <= 6 && level < line.size() && line[level] == ' ') {
      close();
      out_ += fmt::format("<h{0}>{1}</h{0}>\n", level, inline_html(line.substr(level + 1)));
    } else if (line.starts_with("- ")) {
      enter(Open::kList, "<ul>\n");
      out_ += "<li>" + inline_html(line.substr(2)) + "</li>\n";
    } else if (line.front() == '|') {
      add_row(line);
    } else {
      const bool follows = open_ == Open::kParagraph;
      enter(Open::kParagraph, "<p>");
      out_ += (follows ? " " : "") + inline_html(line);
    }
  }

  void add_row(std::string_view line) {
    const auto cells = cells_of(line);
    const bool rule =
        std::all_of(cells.begin(), cells.end(), [](std::string_view cell) { return cell.find_first_not_of("-:") == std::string_view::npos; });
    if (open_ == Open::kTable && rule && !cells.empty()) {
      right_.clear();
      for (const auto cell : cells) right_.push_back(cell.ends_with(':'));
      return;
    }
    const bool head = open_ != Open::kTable;
    if (head) right_.clear();
    enter(Open::kTable, "<div class=\"wide\"><table>\n");
    out_ += "<tr>";
    for (std::size_t at = 0; at < cells.size(); ++at) {
      const char* tag = head ? "th" : "td";
      out_ += fmt::format("<{}{}>{}</{}>", tag, !head && at < right_.size() && right_[at] ? " class=\"n\"" : "", inline_html(cells[at]), tag);
    }
    out_ += "</tr>\n";
  }

  std::string out_;
  Open open_ = Open::kNone;
  std::vector<bool> right_;
};

}  // namespace

std::string markdown_to_html(std::string_view markdown) { return Converter().run(markdown); }

std::string html_page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\">\n<title>{}</title>\n{}\n</head>\n<body>\n{}</body>\n</html>\n",
      emit::escape_html(title), kStyle, body);
}

}  // namespace kingpost::assess
