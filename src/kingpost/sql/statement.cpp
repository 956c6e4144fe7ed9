#include "kingpost/sql/statement.hpp"

#include <algorithm>
#include <utility>

namespace kingpost::sql {
namespace {

bool shared_by_all(ParamKind kind) { return kind == ParamKind::kAuthUser || kind == ParamKind::kAuthTenant || kind == ParamKind::kNow; }

bool is_member(const cel::Expr& path, std::string_view record, std::string_view member) {
  return path.kind == cel::ExprKind::kSelect && path.name == member && path.args.size() == 1 && path.args[0]->kind == cel::ExprKind::kIdent &&
         path.args[0]->name == record;
}

}  // namespace

std::string Statement::param(Param param) {
  const auto suffix = sqlite() ? std::string() : "::" + std::string(dialect::postgres_type(param.type, param.storage));
  std::size_t index = params_.size();
  if (shared_by_all(param.kind)) {
    const auto same = [&](const Param& other) { return other.kind == param.kind && other.storage.sqlite == param.storage.sqlite; };
    index = static_cast<std::size_t>(std::find_if(params_.begin(), params_.end(), same) - params_.begin());
  }
  if (index == params_.size()) params_.push_back(std::move(param));
  return (sqlite() ? "?" : "$") + std::to_string(index + 1) + suffix;
}

std::string Statement::list_param(Param param) {
  param.list_type = dialect::postgres_type(param.type, param.storage);
  params_.push_back(std::move(param));
  const auto number = std::to_string(params_.size());
  return sqlite() ? "?" + number : "$" + number + "::" + params_.back().list_type + "[]";
}

std::string Statement::text_constant(std::string value) {
  Param made;
  made.constant = std::move(value);
  made.type.scalar = ir::Scalar::kText;
  return param(std::move(made));
}

std::string Statement::int_constant(std::int64_t value) {
  Param made;
  made.constant = value;
  made.type.scalar = ir::Scalar::kInt64;
  return param(std::move(made));
}

std::uint32_t Statement::output(std::string text, const ir::LogicalType& type, const ir::Storage& storage) {
  const auto found = std::find(outputs_.begin(), outputs_.end(), text);
  const auto index = static_cast<std::uint32_t>(found - outputs_.begin());
  if (found == outputs_.end()) {
    outputs_.push_back(std::move(text));
    types_.push_back({type, storage});
  }
  return index;
}

std::string Statement::output_list(bool named) const {
  std::string out;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    if (i != 0) out += ", ";
    out += outputs_[i];
    if (named) out += " AS c" + std::to_string(i);
  }
  return out;
}

dialect::RenderScope Statement::scope(ir::EntityId entity, const std::string& alias) {
  dialect::RenderScope scope;
  scope.system = system_;
  scope.database = database_;
  scope.rows = {{"row", entity, alias}, {"new", entity, alias}, {"old", entity, alias}};
  scope.sink = this;
  // One expression may stand beside another in a statement, so each gets its own family of aliases.
  scope.alias_prefix = "e" + std::to_string(aliases_++) + "_";
  return scope;
}

Result<std::string> Statement::constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) {
  Param made;
  made.constant = value;
  made.type = type;
  made.storage = storage;
  return param(std::move(made));
}

Result<std::string> Statement::named(const cel::Expr& path, const ir::LogicalType& type, const ir::Storage& storage) {
  Param made;
  made.type = type;
  made.storage = storage;
  if (path.kind == cel::ExprKind::kIdent && path.name == "now") {
    made.kind = ParamKind::kNow;
  } else if (is_member(path, "auth", "uid")) {
    made.kind = ParamKind::kAuthUser;
  } else if (is_member(path, "auth", "tenant")) {
    made.kind = ParamKind::kAuthTenant;
  } else {
    return fail(ErrorKind::kUnimplemented, "expr-no-sql", "`" + cel::print_expr(path) + "` is not known inside a statement");
  }
  return param(std::move(made));
}

Step Statement::finish(std::string sql, std::string purpose) {
  Step step;
  step.sql = std::move(sql);
  step.params = std::move(params_);
  step.columns = std::move(types_);
  step.purpose = std::move(purpose);
  return step;
}

std::string qualified(const std::string& alias, const std::string& column) {
  std::string out = alias;
  out += '.';
  dialect::append_name(out, column);
  return out;
}

std::string field_text(const ir::Entity& entity, ir::FieldId field, const std::string& alias) { return qualified(alias, entity.field(field).column); }

std::string table_as(const ir::Entity& entity, const std::string& alias) { return dialect::quote_name(entity.table) + " AS " + alias; }

std::string join_pairs(const TableFields& left, const TableFields& right) {
  std::string out;
  for (std::size_t i = 0; i < left.fields.size() && i < right.fields.size(); ++i) {
    if (i != 0) out += " AND ";
    out += field_text(left.entity, left.fields[i], left.alias) + " = " + field_text(right.entity, right.fields[i], right.alias);
  }
  return out;
}

}  // namespace kingpost::sql
