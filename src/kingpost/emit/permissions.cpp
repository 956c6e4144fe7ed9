#include <fmt/format.h>

#include "kingpost/emit/site_assurance.hpp"

namespace kingpost::emit {
namespace {

std::string field_name(const ir::System& system, const assure::FieldPermission& one) {
  const ir::Entity& entity = system.entity(one.entity);
  return entity.name + "." + entity.field(one.field).name;
}

/// RFC 4180; what a spreadsheet takes for a formula begins with an apostrophe.
std::string csv_cell(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) out += '\'';
  for (const char byte : text) {
    if (byte == '"') out += '"';
    out += byte;
  }
  return out + "\"";
}

void add_callers(std::vector<AssureColumn>& columns, const assure::PermissionMatrix& matrix) {
  for (const assure::Caller& caller : matrix.callers) {
    const std::string_view prefix = caller.kind == assure::Caller::Kind::kRole ? "role " : "";
    columns.push_back({std::string(prefix) + caller.name, caller.name, AssureShape::kText});
  }
}

void add_verdicts(std::vector<AssureCell>& row, const std::vector<surface::Verdict>& verdicts) {
  for (const surface::Verdict verdict : verdicts) row.push_back({assure::verdict_name(verdict)});
}

}  // namespace

AssureReport report_permissions(const SiteInput& input) {
  const ir::System& system = *input.system;
  const assure::PermissionMatrix& matrix = input.assurance->threats.matrix;
  AssureReport out;
  out.key = "permission-matrix";
  out.title = "Permission matrix";
  out.intro =
      "Every operation and every kind of caller: `always` whatever the record, `never` whatever the record, `depends` where the rule asks something "
      "of the record. "
      "What no rule allows is denied. A role has what it implies.";
  AssureTable operations{.key = "operations",
                         .title = "Operations",
                         .intro = "",
                         .columns = {{"operation", "Operation", AssureShape::kCode}, {"rule", "Rule", AssureShape::kCode}},
                         .rows = {}};
  add_callers(operations.columns, matrix);
  operations.columns.push_back({"line", "Line", AssureShape::kHidden});
  for (const assure::Permission& one : matrix.rows) {
    std::vector<AssureCell> row = {{one.name}, {one.policy}};
    add_verdicts(row, one.verdicts);
    row.push_back(line_cell(one.span));
    operations.rows.push_back(std::move(row));
  }
  AssureTable fields{
      .key = "fields",
      .title = "Fields with rules of their own",
      .intro = "They narrow what the operation allows: a value that may not be read is null or unknown, one that may not be written is refused.",
      .columns = {{"field", "Field", AssureShape::kCode}, {"access", "Access"}, {"rule", "Rule", AssureShape::kCode}},
      .rows = {}};
  add_callers(fields.columns, matrix);
  fields.columns.push_back({"line", "Line", AssureShape::kHidden});
  for (const assure::FieldPermission& one : matrix.fields) {
    std::vector<AssureCell> row = {{field_name(system, one)}, {one.write ? "write" : "read"}, {one.policy}};
    add_verdicts(row, one.verdicts);
    row.push_back(line_cell(one.span));
    fields.rows.push_back(std::move(row));
  }
  out.tables.push_back(std::move(operations));
  out.tables.push_back(std::move(fields));
  return out;
}

std::string print_permissions_csv(const ir::System& system, const assure::PermissionMatrix& matrix) {
  std::string out = "\"element\",\"access\"";
  for (const assure::Caller& caller : matrix.callers) out += "," + csv_cell(caller.name);
  out += ",\"rule\"\r\n";
  const auto line = [&out](const std::string& name, std::string_view access, const std::vector<surface::Verdict>& verdicts, const std::string& rule) {
    out += fmt::format("{},{}", csv_cell(name), csv_cell(access));
    for (const surface::Verdict verdict : verdicts) out += "," + csv_cell(assure::verdict_name(verdict));
    out += "," + csv_cell(rule) + "\r\n";
  };
  for (const assure::Permission& one : matrix.rows) {
    line(one.entity.valid() ? system.entity(one.entity).name : one.name, assure::action_name(one.action), one.verdicts, one.policy);
  }
  for (const assure::FieldPermission& one : matrix.fields) line(field_name(system, one), one.write ? "write" : "read", one.verdicts, one.policy);
  return out;
}

}  // namespace kingpost::emit
