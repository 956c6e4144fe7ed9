#include "kingpost/dialect/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kingpost/dialect/codec.hpp"
#include "kingpost/dialect/codec_parts.hpp"
#include "kingpost/dialect/render_expr.hpp"

namespace kingpost::dialect {

using ir::Scalar;
using ir::SqliteCodec;

const SchemaColumn* SchemaTable::find_column(std::string_view column) const noexcept {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const SchemaColumn& one) { return one.name == column; });
  return found == columns.end() ? nullptr : &*found;
}

const SchemaTable* RelationalSchema::find_table(std::string_view table) const noexcept {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const SchemaTable& one) { return one.name == table; });
  return found == tables.end() ? nullptr : &*found;
}

namespace {

/// A name made of parts, short enough for PostgreSQL; a cut one ends in a hash (FNV-1a) of the whole, so that two do not become one.
std::string fit_name(const std::string& name) {
  if (name.size() <= kMaxPostgresNameBytes) return name;
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  std::size_t keep = kMaxPostgresNameBytes - 9;
  while (keep > 0 && (static_cast<unsigned char>(name[keep]) & 0xC0U) == 0x80U) --keep;
  return fmt::format("{}_{:08x}", name.substr(0, keep), hash);
}

/// A declared type goes into DDL as it is, so it may hold nothing but a type.
bool is_plain_type(std::string_view type) {
  return std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ' ' || c == '(' || c == ')' || c == ',';
  });
}

bool is_text(Scalar scalar) { return scalar == Scalar::kString || scalar == Scalar::kText || scalar == Scalar::kEnum; }

class SchemaBuilder {
 public:
  SchemaBuilder(const ir::System& system, Database database) : system_(system), database_(database) {}

  Result<RelationalSchema> build() {
    RelationalSchema schema;
    schema.database = database_;
    for (const auto& entity : system_.entities) {
      if (entity.view) continue;
      auto table = build_table(entity);
      if (!table) return fail(table.error());
      schema.tables.push_back(std::move(*table));
    }
    order_tables(schema.tables);
    return schema;
  }

 private:
  [[nodiscard]] bool sqlite() const { return database_ == Database::kSqlite; }

  Result<void> name_ok(std::string_view name, Span span) const {
    auto checked = check_name(name, database_);
    if (!checked) checked.error().span = span;
    return checked;
  }

  Result<SchemaTable> build_table(const ir::Entity& entity) {
    SchemaTable table;
    table.name = entity.table;
    table.comment = entity.summary;
    table.renamed_from = entity.renamed_from;
    if (auto ok = name_ok(table.name, entity.span); !ok) return fail(ok.error());
    bool own = true;
    for (const auto& field : entity.fields) {
      if (!field.stored()) continue;
      auto column = build_column(field);
      if (!column) return fail(column.error());
      own = own && field.storage.declared.empty() && field.default_sql.empty();
      table.columns.push_back(std::move(*column));
      if (auto done = add_type_checks(table, field); !done) return fail(done.error());
    }
    table.strict = sqlite() && (own || entity.strict);
    table.without_rowid = sqlite() && entity.without_rowid;
    table.autoincrement = sqlite() && entity.autoincrement && entity.key.size() == 1;
    for (const auto id : entity.key) table.primary_key.push_back(entity.field(id).column);
    for (const auto id : entity.relations) add_foreign_key(table, entity, system_.relation(id));
    for (const auto& unique : entity.uniques) {
      SchemaUnique one{unique.name, columns_of(entity, unique.fields)};
      if (one.name.empty()) one.name = fmt::format("{}_{}_key", table.name, fmt::join(one.columns, "_"));
      one.name = fit_name(one.name);
      if (one.columns != table.primary_key) table.uniques.push_back(std::move(one));
    }
    if (auto done = add_checks(table, entity); !done) return fail(done.error());
    for (const auto& index : entity.indexes) add_index(table, entity, index);
    return table;
  }

  static std::vector<std::string> columns_of(const ir::Entity& entity, const std::vector<ir::FieldId>& fields) {
    std::vector<std::string> columns;
    for (const auto id : fields) columns.push_back(entity.field(id).column);
    return columns;
  }

  Result<SchemaColumn> build_column(const ir::Field& field) const {
    SchemaColumn column;
    column.name = field.column;
    if (auto ok = name_ok(column.name, field.span); !ok) return fail(ok.error());
    column.type = column_type(field.type, field.storage, database_);
    if (!is_plain_type(column.type)) {
      auto error =
          make_error(ErrorKind::kInvalidArgument, "kp-name", fmt::format("The declared type of '{}' is no type: {}.", field.name, column.type));
      error.span = field.span;
      return fail(std::move(error));
    }
    if (!sqlite() && is_text(field.type.scalar) && column.type != "citext") column.type += " COLLATE \"C\"";
    column.nullable = field.nullable;
    column.identity = field.generated == ir::Generated::kAutoIncrement;
    column.comment = field.summary;
    column.renamed_from = field.renamed_from;
    if (field.generated == ir::Generated::kVersion) column.default_sql = "1";
    if (!field.default_sql.empty()) column.default_sql = field.default_sql;
    if (field.default_value != nullptr && field.default_value->kind == cel::ExprKind::kLiteral && !field.default_value->value.is_null()) {
      const auto datum = encode(field.default_value->value, field.type, field.storage, {&system_, database_});
      if (!datum) {
        auto error = datum.error();
        error.span = field.default_value->span;
        return fail(std::move(error));
      }
      column.default_sql = print_literal(*datum, field.type, field.storage, database_);
    }
    return column;
  }

  static SchemaCheck make_check(SchemaCheck::Kind kind, const SchemaTable& table, const ir::Field& field, std::string_view suffix) {
    SchemaCheck check;
    check.kind = kind;
    check.column = field.column;
    check.name = fit_name(fmt::format("{}_{}_{}", table.name, field.column, suffix));
    return check;
  }

  /// What the type says and the column's declaration does not; an imported declaration is left as it was.
  Result<void> add_type_checks(SchemaTable& table, const ir::Field& field) const {
    if (!field.storage.declared.empty()) return {};
    const auto column = quote_name(field.column);
    if (field.type.scalar == Scalar::kEnum && field.type.enumeration.valid()) {
      auto check = make_check(SchemaCheck::Kind::kEnum, table, field, "enum");
      std::string list;
      for (const auto& value : system_.enums[field.type.enumeration.index()].values) {
        check.values.push_back(value);
        list += (list.empty() ? "" : ", ") + quote_text(value, database_);
      }
      check.sql = fmt::format("{} IN ({})", column, list);
      table.checks.push_back(std::move(check));
    }
    const bool measured = field.type.scalar == Scalar::kString || field.type.scalar == Scalar::kText || field.type.scalar == Scalar::kBytes;
    if (measured && field.type.max_length > 0 && field.storage.postgres != ir::PostgresCodec::kVarchar) {
      auto check = make_check(SchemaCheck::Kind::kLength, table, field, "length");
      check.max = std::to_string(field.type.max_length);
      const auto* function = sqlite() ? "length" : field.type.scalar == Scalar::kBytes ? "octet_length" : "char_length";
      check.sql = fmt::format("{}({}) <= {}", function, column, *check.max);
      table.checks.push_back(std::move(check));
    }
    if (sqlite()) add_sqlite_type_check(table, field, column);
    return add_range(table, field, column);
  }

  /// What PostgreSQL's types refuse by themselves.
  static void add_sqlite_type_check(SchemaTable& table, const ir::Field& field, const std::string& column) {
    auto check = make_check(SchemaCheck::Kind::kType, table, field, "type");
    if (field.type.scalar == Scalar::kBool) {
      check.sql = column + " IN (0, 1)";
    } else if (field.type.scalar == Scalar::kInt32) {
      check.sql = column + " BETWEEN -2147483648 AND 2147483647";
    } else if (field.type.scalar == Scalar::kUuid && field.storage.sqlite == SqliteCodec::kUuidBlob) {
      check.sql = fmt::format("length({}) = 16", column);
    } else if (field.type.scalar == Scalar::kDecimal && field.storage.sqlite == SqliteCodec::kScaledInteger && field.type.precision > 0) {
      const std::string most(field.type.precision, '9');
      check.sql = fmt::format("{} BETWEEN -{} AND {}", column, most, most);
    } else {
      return;
    }
    table.checks.push_back(std::move(check));
  }

  Result<void> add_range(SchemaTable& table, const ir::Field& field, const std::string& column) const {
    const bool number = field.type.scalar == Scalar::kInt64 || field.type.scalar == Scalar::kInt32 || field.type.scalar == Scalar::kDecimal ||
                        field.type.scalar == Scalar::kFloat;
    if (!number || (!field.min && !field.max)) return {};
    auto check = make_check(SchemaCheck::Kind::kRange, table, field, "range");
    for (const auto* bound : {&field.min, &field.max}) {
      if (!*bound) continue;
      const bool least = bound == &field.min;
      (least ? check.min : check.max) = print_decimal(**bound);
      auto literal = print_decimal(**bound);
      if (sqlite() && field.type.scalar == Scalar::kDecimal && field.storage.sqlite == SqliteCodec::kScaledInteger) {
        const auto scaled = rescale(**bound, field.type.scale);
        if (!scaled) {
          auto error =
              make_error(ErrorKind::kInvalidArgument, "expr-no-sql", fmt::format("A bound of '{}' has more digits than the field.", field.name));
          error.span = field.span;
          return fail(std::move(error));
        }
        literal = print_decimal(Decimal{scaled->unscaled, 0});
      }
      check.sql += fmt::format("{}{} {} {}", check.sql.empty() ? "" : " AND ", column, least ? ">=" : "<=", literal);
    }
    table.checks.push_back(std::move(check));
    return {};
  }

  Result<void> add_checks(SchemaTable& table, const ir::Entity& entity) const {
    for (const auto& check : entity.checks) {
      SchemaCheck one;
      const bool whole = check.condition == nullptr || check.name.starts_with(table.name + "_");
      one.name = fit_name(whole ? check.name : table.name + "_" + check.name);
      one.sql = check.sql;
      if (check.condition != nullptr) {
        LiteralSink sink(database_);
        RenderScope scope;
        scope.system = &system_;
        scope.database = database_;
        scope.rows = {RowName{"row", entity.id, ""}};
        scope.sink = &sink;
        auto sql = render_check(*check.condition, scope);
        if (!sql) {
          auto error = sql.error();
          if (error.span.line == 0) error.span = check.span;
          return fail(std::move(error));
        }
        one.sql = std::move(*sql);
      }
      table.checks.push_back(std::move(one));
    }
    return {};
  }

  void add_foreign_key(SchemaTable& table, const ir::Entity& entity, const ir::Relation& relation) const {
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse) return;
    const auto& target = system_.entity(relation.to);
    if (target.view) return;
    SchemaForeignKey key;
    key.columns = columns_of(entity, relation.from_fields);
    key.name = fit_name(relation.constraint.empty() ? fmt::format("{}_{}_fkey", table.name, fmt::join(key.columns, "_")) : relation.constraint);
    key.table = target.table;
    key.target_columns = columns_of(target, relation.to_fields);
    key.on_delete = relation.on_delete;
    key.on_update = relation.on_update;
    table.foreign_keys.push_back(std::move(key));
  }

  static void add_index(SchemaTable& table, const ir::Entity& entity, const ir::Index& index) {
    SchemaIndex one;
    one.unique = index.unique;
    one.where_sql = index.where_sql;
    one.reason = index.reason;
    std::string columns;
    for (const auto& part : index.parts) {
      if (!entity.field(part.field).stored()) return;
      one.parts.push_back({entity.field(part.field).column, part.descending});
      columns += "_" + one.parts.back().column;
    }
    one.name = fit_name(index.name.empty() ? table.name + columns + "_idx" : index.name);
    if (!one.parts.empty()) table.indexes.push_back(std::move(one));
  }

  /// Referred-to tables first; within a cycle the model's order stays.
  static void order_tables(std::vector<SchemaTable>& tables) {
    std::vector<SchemaTable> ordered;
    while (!tables.empty()) {
      const auto waits = [&](const SchemaTable& table) {
        return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), [&](const SchemaForeignKey& key) {
          return key.table != table.name &&
                 std::any_of(tables.begin(), tables.end(), [&](const SchemaTable& other) { return other.name == key.table; });
        });
      };
      auto next = std::find_if_not(tables.begin(), tables.end(), waits);
      if (next == tables.end()) next = tables.begin();
      ordered.push_back(std::move(*next));
      tables.erase(next);
    }
    tables = std::move(ordered);
  }

  const ir::System& system_;
  Database database_;
};

}  // namespace

Result<RelationalSchema> build_schema(const ir::System& system, Database database) { return SchemaBuilder(system, database).build(); }

}  // namespace kingpost::dialect
