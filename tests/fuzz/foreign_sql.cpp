#include <algorithm>
#include <string>
#include <vector>

#include "kingpost/foreign/foreign.hpp"
#include "require.hpp"

namespace {

using kingpost::Span;

// A place is nowhere, or inside its file.
void check(const Span& span, const std::vector<kingpost::foreign::File>& files) {
  if (!span.known()) return;
  require(span.file < files.size());
  require(span.column >= 1 && span.end_line >= span.line);
  require(span.line <= static_cast<std::size_t>(std::count(files[span.file].text.begin(), files[span.file].text.end(), '\n')) + 1);
}

}  // namespace

// Any text gives facts with places inside it; read twice it is the same. The first byte says what the file is called and a NUL begins another file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 1U << 20U;
  if (size < 1 || size > kMost) return 0;
  static const std::vector<std::string> kPaths = {"schema.sql", "migrations/001_a.sql", "db/2_b.up.sql", "db/2_b.down.sql"};
  std::vector<kingpost::foreign::File> files;
  std::string rest = input_text(data + 1, size - 1);
  for (std::size_t i = data[0]; files.size() < kPaths.size(); ++i) {
    const auto end = rest.find('\0');
    files.push_back({kPaths[i % kPaths.size()], rest.substr(0, end), static_cast<kingpost::FileIndex>(files.size())});
    if (end == std::string::npos) break;
    rest.erase(0, end + 1);
  }
  kingpost::Diagnostics diagnostics;
  const auto facts = kingpost::foreign::read_sql(files, diagnostics);
  for (const auto& diagnostic : diagnostics.all()) check(diagnostic.span, files);
  for (const auto& table : facts.tables) {
    check(table.span, files);
    for (const auto& column : table.columns) check(column.span, files);
    for (const auto& key : table.foreign_keys) check(key.span, files);
    for (const auto& index : table.indexes) check(index.span, files);
  }
  for (const auto& routine : facts.routines) check(routine.span, files);
  for (const auto& migration : facts.migrations) {
    for (const auto& statement : migration.statements) check(statement.span, files);
  }
  kingpost::Diagnostics again;
  require(kingpost::foreign::read_sql(files, again).tables.size() == facts.tables.size());
  return 0;
}
