#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "kingpost/capacity/test_system.hpp"
#include "kingpost/compile/compile.hpp"

namespace kingpost::capacity {
namespace {

ir::SystemPtr compile(const std::string& path, const model::FileReader& read) {
  SourceMap sources;
  Diagnostics diagnostics;
  auto system = compile::compile_file(path, read, Limits{}, sources, diagnostics);
  if (system == nullptr) ADD_FAILURE() << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  return system;
}

}  // namespace

ir::SystemPtr compile_example(const std::string& name) {
  return compile(std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name, [](const std::string& path) -> Result<std::string> {
    std::ifstream file(path);
    if (!file) return fail(ErrorKind::kNotFound, "missing", path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  });
}

ir::SystemPtr compile_text(const std::string& text) {
  return compile("model.yaml", [&text](const std::string&) -> Result<std::string> { return text; });
}

}  // namespace kingpost::capacity
