#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "kingpost/model/model.hpp"

namespace {

using kingpost::Diagnostics;
using kingpost::Result;

void require(bool holds) {
  if (!holds) std::abort();
}

// Any text ends in a document and diagnostics; printing them must not depend on the text being sound.
void check_parse(const std::string& text) {
  kingpost::SourceMap sources;
  Diagnostics diagnostics;
  const kingpost::model::FileReader read = [&text](const std::string& path) -> Result<std::string> {
    if (path == "model.yaml") return text;
    return kingpost::fail(kingpost::ErrorKind::kNotFound, "not-found", "no such file");
  };
  const auto document = kingpost::model::parse_model("model.yaml", read, kingpost::Limits{}, sources, diagnostics);
  require(!document.root.members.empty() || diagnostics.has_errors());
  require(!kingpost::print_diagnostics(diagnostics, sources, kingpost::DiagnosticFormat::kJson, false).empty());
}

void check_words(std::string_view text) {
  Diagnostics diagnostics;
  const auto words = kingpost::model::parse_words(text, {0, 1, 1, 1, static_cast<std::uint32_t>(text.size() + 1)}, diagnostics);
  require(!words.empty() || diagnostics.has_errors());
}

// Formatting twice equals formatting once.
void check_format(std::string_view text) {
  const auto once = kingpost::model::format_model(text);
  if (!once) return;
  const auto twice = kingpost::model::format_model(*once);
  require(twice.has_value());
  require(*twice == *once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const void* bytes = data;
  const std::string text(static_cast<const char*>(bytes), size);
  check_parse(text);
  check_words(text);
  check_format(text);
  return 0;
}
