#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/text.hpp"

namespace kingpost {
namespace {

struct Style {
  std::string_view error, warning, note, strong, faint, help, off;
};

constexpr Style kPlain{};
constexpr Style kColored{"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[1m", "\x1b[2m", "\x1b[32m", "\x1b[0m"};
// A line of a minified file would flood the terminal.
constexpr std::size_t kWidestLine = 200;

std::string_view severity_name(Severity severity) {
  if (severity == Severity::kError) return "error";
  return severity == Severity::kWarning ? "warning" : "note";
}

std::string_view severity_style(Severity severity, const Style& style) {
  if (severity == Severity::kError) return style.error;
  return severity == Severity::kWarning ? style.warning : style.note;
}

// Texts of a model are not trusted: control characters could drive the terminal.
void append_visible(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\t') {
      out += ' ';
    } else if (c == '\n') {
      out += "\n  ";
    } else if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
}

std::string_view file_name(const SourceMap& sources, const Span& span) {
  return span.file < sources.size() ? std::string_view(sources.name(span.file)) : std::string_view{};
}

void append_excerpt(std::string& out, const Span& span, const SourceMap& sources, const Style& style) {
  const std::string_view line = sources.line(span.file, span.line);
  if (line.empty() || line.size() > kWidestLine || span.column == 0) return;
  const std::size_t start = std::min<std::size_t>(span.column - 1, line.size());
  std::size_t end = line.size();
  if (span.end_line <= span.line) end = std::clamp<std::size_t>(span.end_column == 0 ? start + 1 : span.end_column - 1, start, line.size());
  const std::size_t width = std::max<std::size_t>(1, count_code_points(line.substr(start, end - start)));
  const std::string number = fmt::format("{}", span.line);
  std::string before;
  append_visible(before, line.substr(0, start));
  fmt::format_to(std::back_inserter(out), "{} {} |{} ", style.faint, number, style.off);
  append_visible(out, line);
  fmt::format_to(std::back_inserter(out), "\n{} {:{}} |{} {:{}}{}^{:~<{}}{}\n", style.faint, "", number.size(), style.off, "",
                 count_code_points(before), style.error, "", width - 1, style.off);
}

void append_text(std::string& out, const Diagnostic& diagnostic, const SourceMap& sources, const Style& style) {
  if (diagnostic.span.known()) {
    out += style.strong;
    append_visible(out, file_name(sources, diagnostic.span));
    fmt::format_to(std::back_inserter(out), ":{}:{}:{} ", diagnostic.span.line, diagnostic.span.column, style.off);
  }
  fmt::format_to(std::back_inserter(out), "{}{}[{}]:{} ", severity_style(diagnostic.severity, style), severity_name(diagnostic.severity),
                 diagnostic.code, style.off);
  append_visible(out, diagnostic.message);
  out += '\n';
  if (diagnostic.span.known()) append_excerpt(out, diagnostic.span, sources, style);
  if (!diagnostic.suggestion.empty()) {
    fmt::format_to(std::back_inserter(out), "  {}help:{} ", style.help, style.off);
    append_visible(out, diagnostic.suggestion);
    out += '\n';
  }
}

void append_json_member(std::string& out, std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
  append_json_string(out, text);
}

void append_json_span(std::string& out, const Span& span) {
  fmt::format_to(std::back_inserter(out), "\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{}", span.line, span.column, span.end_line,
                 span.end_column);
}

void append_json(std::string& out, const Diagnostic& diagnostic, const SourceMap& sources) {
  fmt::format_to(std::back_inserter(out), "{{\"severity\":\"{}\"", severity_name(diagnostic.severity));
  append_json_member(out, "code", diagnostic.code);
  append_json_member(out, "message", diagnostic.message);
  if (diagnostic.span.known()) {
    append_json_member(out, "file", file_name(sources, diagnostic.span));
    out += ',';
    append_json_span(out, diagnostic.span);
  }
  if (!diagnostic.suggestion.empty()) append_json_member(out, "suggestion", diagnostic.suggestion);
  if (diagnostic.fix) {
    out += ",\"fix\":{";
    append_json_span(out, diagnostic.fix->span);
    append_json_member(out, "file", file_name(sources, diagnostic.fix->span));
    append_json_member(out, "replacement", diagnostic.fix->replacement);
    out += '}';
  }
  out += '}';
}

std::string print_json(const Diagnostics& diagnostics, const SourceMap& sources) {
  std::string out = "{\"diagnostics\":[";
  bool first = true;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (!first) out += ',';
    first = false;
    out += "\n  ";
    append_json(out, diagnostic, sources);
  }
  fmt::format_to(std::back_inserter(out), "\n],\"errors\":{},\"dropped\":{}}}\n", diagnostics.error_count(), diagnostics.dropped());
  return out;
}

// Escapes of GitHub's workflow commands: the message, and more in properties.
void append_github(std::string& out, std::string_view text, bool property) {
  for (const char c : text) {
    const bool escape = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (escape) {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
}

void append_github(std::string& out, const Diagnostic& diagnostic, const SourceMap& sources) {
  fmt::format_to(std::back_inserter(out), "::{} ", diagnostic.severity == Severity::kNote ? "notice" : severity_name(diagnostic.severity));
  if (diagnostic.span.known()) {
    out += "file=";
    append_github(out, file_name(sources, diagnostic.span), true);
    fmt::format_to(std::back_inserter(out), ",line={},col={},", diagnostic.span.line, diagnostic.span.column);
    if (diagnostic.span.end_line != 0)
      fmt::format_to(std::back_inserter(out), "endLine={},endColumn={},", diagnostic.span.end_line, diagnostic.span.end_column);
  }
  out += "title=";
  append_github(out, diagnostic.code, true);
  out += "::";
  append_github(out, diagnostic.message, false);
  if (!diagnostic.suggestion.empty()) {
    out += "%0A";
    append_github(out, diagnostic.suggestion, false);
  }
  out += '\n';
}

}  // namespace

std::string print_diagnostics(const Diagnostics& diagnostics, const SourceMap& sources, DiagnosticFormat format, bool color) {
  if (format == DiagnosticFormat::kJson) return print_json(diagnostics, sources);
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (format == DiagnosticFormat::kGithub) {
      append_github(out, diagnostic, sources);
    } else {
      append_text(out, diagnostic, sources, color ? kColored : kPlain);
    }
  }
  if (diagnostics.dropped() != 0) fmt::format_to(std::back_inserter(out), "… and {} more\n", diagnostics.dropped());
  return out;
}

}  // namespace kingpost
