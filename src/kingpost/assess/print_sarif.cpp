#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "kingpost/assess/report.hpp"
#include "kingpost/assess/summary.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/emit/json_writer.hpp"

namespace kingpost::assess {
namespace {

using emit::JsonWriter;

/// Where the lines of each file begin, so that columns in bytes become columns in code points without reading files from their start each time.
class Columns {
 public:
  explicit Columns(const SourceMap& sources) : sources_(sources) {}

  std::int64_t code_points(FileIndex file, std::uint32_t line, std::uint32_t column) {
    const std::string& text = sources_.text(file);
    auto& starts = starts_[file];
    if (starts.empty()) {
      starts.push_back(0);
      for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) starts.push_back(at + 1);
    }
    if (line == 0 || line > starts.size() || column == 0) return 1;
    const std::size_t start = std::min(starts[line - 1], text.size());
    return static_cast<std::int64_t>(count_code_points(std::string_view(text).substr(start, column - 1))) + 1;
  }

 private:
  const SourceMap& sources_;
  std::map<FileIndex, std::vector<std::size_t>> starts_;
};

/// A path as a URI reference (RFC 3986).
std::string uri_of(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("/-._~").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string_view level_of(Severity severity) { return word_of(severity); }

void print_rules(JsonWriter& out) {
  out.key("rules").begin_array();
  for (const Rule& rule : all_rules()) {
    out.begin_object().member("id", rule.id).member("name", rule.id);
    out.key("shortDescription").begin_object().member("text", rule.title).end_object();
    out.key("fullDescription").begin_object().member("text", rule.looks_for).end_object();
    out.key("properties").begin_object().member("group", rule.group).end_object().end_object();
  }
  out.end_array();
}

void print_result(JsonWriter& out, const Assessment& assessment, const review::Finding& finding, Columns& columns) {
  std::string text = finding.message;
  if (!finding.evidence.empty()) text += " (" + finding.evidence + ")";
  if (!finding.fix.empty()) text += " " + finding.fix;
  out.begin_object().member("ruleId", finding.rule).member("level", level_of(finding.severity));
  out.key("message").begin_object().member("text", text).end_object();
  if (finding.span.file < assessment.sources.size()) {
    out.key("locations").begin_array().begin_object().key("physicalLocation").begin_object();
    out.key("artifactLocation").begin_object().member("uri", uri_of(assessment.sources.name(finding.span.file))).end_object();
    const Span& span = finding.span;
    if (span.known()) {
      out.key("region").begin_object().member("startLine", static_cast<std::int64_t>(span.line));
      out.member("startColumn", columns.code_points(span.file, span.line, span.column));
      if (span.end_line >= span.line && span.end_column > 0) {
        out.member("endLine", static_cast<std::int64_t>(span.end_line));
        out.member("endColumn", columns.code_points(span.file, span.end_line, span.end_column));
      }
      out.end_object();
    }
    out.end_object().end_object().end_array();
  }
  out.end_object();
}

}  // namespace

std::string print_sarif(const Assessment& assessment) {
  Columns columns(assessment.sources);
  JsonWriter out;
  out.begin_object().member("$schema", "https://json.schemastore.org/sarif-2.1.0.json").member("version", "2.1.0");
  out.key("runs").begin_array().begin_object();
  out.key("tool").begin_object().key("driver").begin_object().member("name", "kingpost");
  print_rules(out);
  out.end_object().end_object();
  out.member("columnKind", "unicodeCodePoints").key("results").begin_array();
  for (const auto& finding : assessment.findings) print_result(out, assessment, finding, columns);
  out.end_array().end_object().end_array().end_object();
  return out.take();
}

}  // namespace kingpost::assess
