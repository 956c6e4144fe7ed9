#include "kingpost/sql/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kingpost::sql {
namespace {

std::string_view lane_name(Lane lane) {
  switch (lane) {
    case Lane::kFastRead:
      return "fast read";
    case Lane::kSlowRead:
      return "slow read";
    case Lane::kStream:
      return "stream";
    case Lane::kWrite:
      return "write";
  }
  return "";
}

std::string datum_text(const Datum& datum) {
  if (const auto* integer = std::get_if<std::int64_t>(&datum)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&datum)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&datum)) return "'" + *text + "'";
  if (const auto* blob = std::get_if<Blob>(&datum)) {
    std::string out = "x'";
    for (const char byte : blob->bytes) fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(byte));
    return out + "'";
  }
  return "null";
}

std::string param_source(const Program& program, const Param& param) {
  switch (param.kind) {
    case ParamKind::kConstant:
      return "constant " + datum_text(param.constant);
    case ParamKind::kValue:
      return fmt::format("value {} of the request", param.slot);
    case ParamKind::kList:
      return fmt::format("list {} of the request", param.slot);
    case ParamKind::kLikePattern:
      return fmt::format("pattern: value {} of the request", param.slot);
    case ParamKind::kLikeList:
      return fmt::format("patterns: list {} of the request", param.slot);
    case ParamKind::kCursor:
      return fmt::format("cursor value {}", param.slot);
    case ParamKind::kAuthUser:
      return "auth.uid";
    case ParamKind::kAuthTenant:
      return "auth.tenant";
    case ParamKind::kNow:
      return "now";
    case ParamKind::kKeys:
      return fmt::format("keys: column {} of step {}", param.column, param.step + 1);
    case ParamKind::kKey:
      return fmt::format("key: column {} of the row of step {}", param.column, param.step + 1);
    case ParamKind::kRows:
      return fmt::format("rows: {}", program.row_columns[param.column].name);
    case ParamKind::kRow:
      return fmt::format("row: {}", program.row_columns[param.column].name);
  }
  return "";
}

std::string assertion_text(const Assertion& assertion) {
  switch (assertion.kind) {
    case AssertionKind::kNoRows:
      return "no row";
    case AssertionKind::kAllTrue:
      return fmt::format("column {} true in every row", assertion.column);
    case AssertionKind::kRowCount:
      return fmt::format("exactly {} rows", assertion.count);
    case AssertionKind::kAtMost:
      return fmt::format("at most {} rows", assertion.count);
    case AssertionKind::kVersion:
      return fmt::format("one row, its version from column {} among If-Match", assertion.column);
  }
  return "";
}

std::string_view fill_text(RowColumn::Fill fill) {
  switch (fill) {
    case RowColumn::Fill::kNone:
      return "null";
    case RowColumn::Fill::kConstant:
      return "default";
    case RowColumn::Fill::kUuidV7:
      return "a fresh uuid";
    case RowColumn::Fill::kNow:
      return "now";
    case RowColumn::Fill::kTenant:
      return "auth.tenant";
    case RowColumn::Fill::kAuthUser:
      return "auth.uid";
  }
  return "";
}

}  // namespace

std::string print_program(const Program& program) {
  std::string out;
  const auto line = std::back_inserter(out);
  const auto usual = std::count_if(program.steps.begin(), program.steps.end(), [](const Step& step) { return !step.after_violation; });
  fmt::format_to(line, "lane {}, {} {}\n", lane_name(program.lane), usual, usual == 1 ? "statement" : "statements");
  for (const auto& column : program.row_columns) {
    fmt::format_to(line, "row column {}: {}, otherwise {}\n", column.name, column.source < 0 ? "not from the client" : "from the client",
                   fill_text(column.fill));
  }
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const auto& step = program.steps[i];
    fmt::format_to(line, "{}. {}{}\n   {}\n", i + 1, step.after_violation ? "only where a constraint is violated: " : "", step.purpose, step.sql);
    for (std::size_t k = 0; k < step.params.size(); ++k) fmt::format_to(line, "   {}: {}\n", k + 1, param_source(program, step.params[k]));
    for (const auto& assertion : step.assertions) {
      fmt::format_to(line, "   requires {}, else {}\n", assertion_text(assertion), assertion.error.code);
    }
  }
  return out;
}

}  // namespace kingpost::sql
