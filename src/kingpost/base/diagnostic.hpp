#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost {

/// The source texts a run has read, in the order of reading. Spans refer to them by index.
class SourceMap {
 public:
  FileIndex add(std::string name, std::string text);
  [[nodiscard]] const std::string& name(FileIndex file) const { return files_.at(file).name; }
  [[nodiscard]] const std::string& text(FileIndex file) const { return files_.at(file).text; }
  [[nodiscard]] std::size_t size() const noexcept { return files_.size(); }
  /// The text of one line (from 1) without its line ending; empty when there is no such line.
  [[nodiscard]] std::string_view line(FileIndex file, std::uint32_t line) const;

 private:
  struct File {
    std::string name;
    std::string text;
  };
  std::vector<File> files_;
};

enum class Severity { kError, kWarning, kNote };

/// An edit that mends a diagnostic: replace the text of `span` by `replacement`.
struct TextEdit {
  Span span;
  std::string replacement;
};

/// Something to say about a source text. `code` is stable kebab-case and documented in the reference.
struct Diagnostic {
  Severity severity = Severity::kError;
  std::string code;
  std::string message;
  Span span;
  std::string suggestion;
  std::optional<TextEdit> fix;
};

/// Collects every diagnostic of a run; never stops at the first. Keeps at most kMaxDiagnostics and counts the rest.
class Diagnostics {
 public:
  static constexpr std::size_t kMaxDiagnostics = 1000;

  void add(Diagnostic diagnostic);
  void error(std::string code, Span span, std::string message, std::string suggestion = {});
  void warning(std::string code, Span span, std::string message, std::string suggestion = {});

  [[nodiscard]] const std::vector<Diagnostic>& all() const noexcept { return all_; }
  [[nodiscard]] bool has_errors() const noexcept { return error_count_ != 0; }
  [[nodiscard]] std::size_t error_count() const noexcept { return error_count_; }
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }
  /// Orders by file, line, column, then code, and removes exact repeats.
  void sort();

 private:
  std::vector<Diagnostic> all_;
  std::size_t error_count_ = 0;
  std::size_t dropped_ = 0;
};

enum class DiagnosticFormat { kText, kJson, kGithub };

/// Prints diagnostics: text with the source line and a caret, JSON as one document, or GitHub workflow commands.
[[nodiscard]] std::string print_diagnostics(const Diagnostics& diagnostics, const SourceMap& sources, DiagnosticFormat format, bool color);

/// The nearest of `candidates` to `name` by edit distance, if near enough to be a likely slip of the keyboard.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace kingpost
