#pragma once

#include <span>
#include <string>
#include <string_view>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/limits.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::compile {

/// Compiles a parsed model into the immutable system, reporting every fault rather than the first. Null when there is an error; warnings
/// (`not-executed` and others) leave the system usable. Codes: see diagnostic_codes(). Pure: the same document gives the same system.
[[nodiscard]] ir::SystemPtr compile_model(const model::Document& document, Diagnostics& diagnostics);

/// Reads and compiles the model at `path` with everything it imports. Null after any error of either room; diagnostics come back sorted.
[[nodiscard]] ir::SystemPtr compile_file(const std::string& path, const model::FileReader& read, const Limits& limits, SourceMap& sources,
                                         Diagnostics& diagnostics);

/// One diagnostic code of this room for the reference.
struct CodeRow {
  std::string_view code;
  std::string_view meaning;
  std::string_view mend;
};

/// Every code compile_model can report, in alphabetical order.
[[nodiscard]] std::span<const CodeRow> diagnostic_codes() noexcept;

}  // namespace kingpost::compile
