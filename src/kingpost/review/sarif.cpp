#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>

#include "kingpost/base/text.hpp"
#include "kingpost/review/print.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::review {
namespace {

std::string_view level_of(Severity severity) { return severity == Severity::kError ? "error" : severity == Severity::kWarning ? "warning" : "note"; }

/// A path as a URI reference (RFC 3986).
std::string uri_of(std::string_view path) {
  std::string out;
  for (const char byte : path) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                       std::string_view("/-._~").find(byte) != std::string_view::npos;
    if (plain) {
      out += byte;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return out;
}

class Printer {
 public:
  explicit Printer(const SourceMap& sources) : sources_(sources) {}

  std::string print(const std::vector<Finding>& findings, std::string_view version) {
    out_ =
        "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"kingpost\"";
    if (!version.empty()) text("version", version);
    out_ += ",\"rules\":[";
    int index = 0;
    for (const RuleRow& row : rules()) {
      indexes_[std::string(row.id)] = index;
      out_ += index++ == 0 ? "\n  " : ",\n  ";
      print_rule(row);
    }
    out_ += "\n]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[";
    for (std::size_t at = 0; at < findings.size(); ++at) {
      out_ += at == 0 ? "\n  " : ",\n  ";
      print_result(findings[at]);
    }
    out_ += "\n]}]}\n";
    return std::move(out_);
  }

 private:
  void text(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(out_), ",\"{}\":", name);
    append_json_string(out_, value);
  }
  void message(std::string_view name, std::string_view value) {
    fmt::format_to(std::back_inserter(out_), ",\"{}\":{{\"text\":", name);
    append_json_string(out_, value);
    out_ += '}';
  }

  void print_rule(const RuleRow& row) {
    out_ += "{\"id\":";
    append_json_string(out_, row.id);
    message("shortDescription", row.title);
    message("fullDescription", row.looks_for);
    message("help", fmt::format("{} Severity: {}.", row.why, row.severity));
    fmt::format_to(std::back_inserter(out_), ",\"properties\":{{\"number\":{},\"tags\":[", row.number);
    append_json_string(out_, row.group);
    out_ += "]}}";
  }

  [[nodiscard]] std::size_t column(const Span& span, std::uint32_t line, std::uint32_t bytes) const {
    const auto before = sources_.line(span.file, line);
    return count_code_points(before.substr(0, std::min<std::size_t>(before.size(), bytes == 0 ? 0 : bytes - 1))) + 1;
  }
  void region(std::string_view name, const Span& span) {
    fmt::format_to(std::back_inserter(out_), ",\"{}\":{{\"startLine\":{},\"startColumn\":{}", name, span.line, column(span, span.line, span.column));
    if (span.end_line != 0) {
      fmt::format_to(std::back_inserter(out_), ",\"endLine\":{},\"endColumn\":{}", span.end_line, column(span, span.end_line, span.end_column));
    }
    out_ += '}';
  }
  void location(const Span& span) {
    out_ += "\"artifactLocation\":{\"uri\":";
    append_json_string(out_, uri_of(sources_.name(span.file)));
    out_ += '}';
  }

  void print_result(const Finding& finding) {
    out_ += "{\"ruleId\":";
    append_json_string(out_, finding.rule);
    if (const auto known = indexes_.find(finding.rule); known != indexes_.end())
      fmt::format_to(std::back_inserter(out_), ",\"ruleIndex\":{}", known->second);
    text("level", level_of(finding.severity));
    std::string said = finding.message;
    if (!finding.evidence.empty()) said += " (" + finding.evidence + ")";
    if (!finding.fix.empty()) said += " " + finding.fix;
    message("message", said);
    if (finding.span.file < sources_.size()) {
      out_ += ",\"locations\":[{\"physicalLocation\":{";
      location(finding.span);
      if (finding.span.known()) region("region", finding.span);
      out_ += '}';
      if (!finding.element.empty()) {
        out_ += ",\"logicalLocations\":[{\"fullyQualifiedName\":";
        append_json_string(out_, finding.element);
        out_ += "}]";
      }
      out_ += "}]";
    }
    out_ += ",\"partialFingerprints\":{\"ruleAndElement/v1\":";
    append_json_string(out_, finding.rule + ":" + finding.element);
    out_ += '}';
    if (!finding.accepted.empty()) {
      out_ += ",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\"";
      text("justification", finding.accepted);
      out_ += "}]";
    }
    print_fixes(finding);
    out_ += '}';
  }

  void print_fixes(const Finding& finding) {
    auto edits = finding.text_edits;
    if (finding.edit) edits.push_back(*finding.edit);
    if (edits.empty()) return;
    std::map<FileIndex, std::vector<TextEdit>> by_file;
    for (const auto& edit : edits) by_file[edit.span.file].push_back(edit);
    out_ += ",\"fixes\":[{\"description\":{\"text\":";
    append_json_string(out_, finding.fix);
    out_ += "},\"artifactChanges\":[";
    bool first_file = true;
    for (const auto& [file, changes] : by_file) {
      out_ += first_file ? "{" : ",{";
      first_file = false;
      location(changes.front().span);
      out_ += ",\"replacements\":[";
      for (std::size_t at = 0; at < changes.size(); ++at) {
        out_ += at == 0 ? "{" : ",{";
        message_region(changes[at]);
        out_ += '}';
      }
      out_ += "]}";
    }
    out_ += "]}]";
  }
  void message_region(const TextEdit& edit) {
    const auto begin = out_.size();
    region("deletedRegion", edit.span);
    out_.erase(begin, 1);
    message("insertedContent", edit.replacement);
  }

  const SourceMap& sources_;
  std::map<std::string, int> indexes_;
  std::string out_;
};

}  // namespace

std::string print_sarif(const std::vector<Finding>& findings, const SourceMap& sources, std::string_view version) {
  return Printer(sources).print(findings, version);
}

}  // namespace kingpost::review
