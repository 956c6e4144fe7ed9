#include <cstdint>
#include <cstdlib>
#include <string>

#include "kingpost/compile/compile.hpp"

namespace {

using kingpost::Diagnostics;
using kingpost::Result;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// Any text ends in a system or in diagnostics; a system can be printed, and compiling again says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* bytes = data;
  const std::string text(static_cast<const char*>(bytes), size);
  const kingpost::model::FileReader read = [&text](const std::string& path) -> Result<std::string> {
    if (path == "model.yaml") return text;
    return kingpost::fail(kingpost::ErrorKind::kNotFound, "not-found", "no such file");
  };
  kingpost::SourceMap sources;
  Diagnostics diagnostics;
  const auto system = kingpost::compile::compile_file("model.yaml", read, kingpost::Limits{}, sources, diagnostics);
  require((system == nullptr) == diagnostics.has_errors());
  require(kingpost::print_diagnostics(diagnostics, sources, kingpost::DiagnosticFormat::kText, false).empty() == diagnostics.all().empty());
  if (system == nullptr) return 0;
  Diagnostics again;
  kingpost::SourceMap other;
  const auto second = kingpost::compile::compile_file("model.yaml", read, kingpost::Limits{}, other, again);
  require(second != nullptr);
  require(kingpost::ir::print_system(*system) == kingpost::ir::print_system(*second));
  return 0;
}
