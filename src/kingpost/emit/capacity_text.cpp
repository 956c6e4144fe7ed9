#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/capacity_print.hpp"
#include "kingpost/emit/capacity_report.hpp"

namespace kingpost::emit {
namespace {

constexpr std::size_t kWidth = 100;
constexpr std::size_t kGap = 2;

/// Columns that a text takes: its code points, since names here are rarely wider.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// At most `most` code points, the last one `…` when something was cut; control characters become blanks.
std::string cut(std::string_view text, std::size_t most) {
  std::string out;
  std::size_t taken = 0;
  const bool whole = width_of(text) <= most;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
    if (!whole && taken + 1 >= most) {
      out += "…";
      break;
    }
    const auto first = static_cast<unsigned char>(text[i]);
    if (first < 0x20 || first == 0x7F) {
      out += ' ';
    } else {
      out += text.substr(i, next - i);
    }
    ++taken;
    i = next;
  }
  return out;
}

void wrap(std::string& out, std::string_view text, std::string_view indent) {
  std::size_t column = 0;
  while (!text.empty()) {
    const auto blank = std::min(text.find(' '), text.size());
    const auto word = cut(text.substr(0, blank), kWidth);
    text.remove_prefix(std::min(text.size(), blank + 1));
    if (column > 0 && column + 1 + width_of(word) > kWidth) {
      out += '\n';
      column = 0;
    }
    if (column == 0) {
      out += indent;
      column = indent.size();
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += width_of(word);
  }
  out += '\n';
}

void pad(std::string& out, std::string_view text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  out += right ? blanks : "";
  out += text;
  out += right ? "" : blanks;
}

void print_table(std::string& out, const ReportTable& table) {
  std::vector<std::size_t> shown;
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].detail) continue;
    std::size_t width = width_of(table.columns[i].title);
    for (const auto& row : table.rows) width = std::max(width, width_of(row[i]));
    shown.push_back(i);
    widths.push_back(width);
  }
  // Texts give way, the widest first, until the line fits.
  const auto sum = [&] {
    std::size_t all = kGap * shown.size();
    for (const auto width : widths) all += width;
    return all;
  };
  for (std::size_t& width : widths) width = std::min(width, kWidth / 2);
  while (sum() > kWidth) {
    std::size_t widest = 0;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      if (!table.columns[shown[i]].number && (table.columns[shown[widest]].number || widths[i] > widths[widest])) widest = i;
    }
    if (widths[widest] <= 8) break;
    --widths[widest];
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (std::size_t i = 0; i < shown.size(); ++i) {
      text += std::string(i == 0 ? 0 : kGap, ' ');
      pad(text, cut(cell(shown[i]), widths[i]), widths[i], table.columns[shown[i]].number);
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out += text + '\n';
  };
  line([&](std::size_t i) { return table.columns[i].title; });
  for (const auto& row : table.rows) line([&](std::size_t i) { return row[i]; });
}

std::string markdown_cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
    } else {
      // Everything that could begin a link, an image, emphasis, code or another cell; HTML becomes text in every reading of Markdown.
      if (c == '<' || c == '&') {
        out += c == '<' ? "&lt;" : "&amp;";
        continue;
      }
      if (std::string_view("\\`*_{}[]>|#!~").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string print_capacity_text(const ir::System& system, const capacity::Plan& plan) {
  const auto report = make_capacity_report(system, plan);
  std::string out = cut(report.title, kWidth) + "\n\n";
  wrap(out, report.lead, "");
  for (const auto& note : report.notes) {
    out += '\n';
    wrap(out, "Note: " + note, "");
  }
  for (const auto& table : report.tables) {
    out += fmt::format("\n{}\n{}\n", table.title, std::string(width_of(table.title), '-'));
    if (!table.intro.empty()) wrap(out, table.intro, "");
    if (!table.intro.empty()) out += '\n';
    print_table(out, table);
  }
  return out;
}

std::string print_capacity_markdown(const ir::System& system, const capacity::Plan& plan) {
  const auto report = make_capacity_report(system, plan);
  std::string out = fmt::format("# {}\n\n{}\n", markdown_cell(report.title), markdown_cell(report.lead));
  if (!report.notes.empty()) out += '\n';
  for (const auto& note : report.notes) out += fmt::format("- {}\n", markdown_cell(note));
  for (const auto& table : report.tables) {
    out += fmt::format("\n## {}\n\n", table.title);
    if (!table.intro.empty()) out += markdown_cell(table.intro) + "\n\n";
    std::string rule = "|";
    out += '|';
    for (const auto& column : table.columns) {
      out += fmt::format(" {} |", markdown_cell(column.title));
      rule += column.number ? " ---: |" : " --- |";
    }
    out += '\n' + rule + '\n';
    for (const auto& row : table.rows) {
      out += '|';
      for (const auto& cell : row) out += fmt::format(" {} |", markdown_cell(cell));
      out += '\n';
    }
  }
  return out;
}

}  // namespace kingpost::emit
