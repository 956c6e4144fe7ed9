#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/model/tree.hpp"

namespace kingpost::model {

/// How a file is read: tests hand in texts, the command line the disk. The path is relative to the importing file's folder, joined.
using FileReader = std::function<Result<std::string>(const std::string& path)>;

/// Reads a model and its imports, checks its structure against the grammar (unknown keys with a suggestion, wrong shapes, missing keys,
/// duplicate keys, anchors, YAML 1.1 booleans, `decimal(12,2)` in a flow map, depth, size) and reports every fault. The document holds
/// what could be read even after errors. Errors: only diagnostics, never exceptions.
[[nodiscard]] Document parse_model(const std::string& path, const FileReader& read, const Limits& limits, SourceMap& sources,
                                   Diagnostics& diagnostics);

/// Splits `TYPE modifier(…) …`. `origin` is the span of the scalar. Diagnostics: field-syntax.
[[nodiscard]] std::vector<Word> parse_words(std::string_view text, Span origin, Diagnostics& diagnostics);

/// The canonical text of a model file; comments are kept. Formatting twice equals formatting once. Error `format-refused` when the
/// text is not a readable model or the result would not read back as the same tree.
[[nodiscard]] Result<std::string> format_model(std::string_view text);

/// The JSON Schema (2020-12) of the model language, printed from the same grammar that parse_model checks.
[[nodiscard]] std::string print_model_schema();

/// The reference page of every keyword, printed from the same grammar (Markdown).
[[nodiscard]] std::string print_keyword_reference();

}  // namespace kingpost::model
