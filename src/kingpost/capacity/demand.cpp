#include "kingpost/capacity/demand.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::capacity {
namespace {

using ir::Scalar;

constexpr double kOrdinaryIntegers = 100;
constexpr double kAmounts = 1000;
constexpr double kLongSeries = 100;  // rows: as many as a page of an index has entries

class EntityShaper {
 public:
  EntityShaper(const ir::System& system, const ir::Entity& entity, Database database, const Assumptions& assume)
      : system_(system), entity_(entity), database_(database), assume_(assume) {}

  EntityShape shape() {
    for (std::size_t i = 0; i < entity_.fields.size(); ++i) {
      const auto& field = entity_.fields[i];
      shape_.column_of.push_back(field.stored() ? shape_.columns.size() : entity_.fields.size());
      if (field.stored()) shape_.columns.push_back(shape_column(system_, entity_, field, database_, assume_));
      shape_.json_bytes += json_bytes(system_, entity_, field, assume_);
    }
    const std::size_t alias = rowid_alias();
    if (database_ == Database::kPostgres) {
      shape_.table = postgres::shape_table(shape_.columns, assume_);
    } else {
      shape_.table = sqlite::shape_table(shape_.columns, alias, entity_.without_rowid);
    }
    add_indexes(alias < shape_.columns.size());
    return std::move(shape_);
  }

 private:
  /// An INTEGER PRIMARY KEY is the row's number itself: neither stored nor indexed.
  [[nodiscard]] std::size_t rowid_alias() const {
    if (database_ != Database::kSqlite || entity_.without_rowid || entity_.key.size() != 1) return entity_.fields.size();
    const auto& field = entity_.field(entity_.key.front());
    const bool integer = field.type.scalar == Scalar::kInt64 || field.type.scalar == Scalar::kInt32;
    return integer ? shape_.column_of[entity_.key.front().index()] : entity_.fields.size();
  }

  void add_indexes(bool key_is_rowid) {
    const bool key_is_table = key_is_rowid || (database_ == Database::kSqlite && entity_.without_rowid);
    if (!entity_.key.empty() && !key_is_table) add("primary key", entity_.key, true);
    for (const auto& unique : entity_.uniques) {
      if (unique.fields != entity_.key) add(unique.name.empty() ? name_of(unique.fields, "key") : unique.name, unique.fields, true);
    }
    for (const auto& index : entity_.indexes) {
      std::vector<ir::FieldId> fields;
      for (const auto& part : index.parts) fields.push_back(part.field);
      add(index.name.empty() ? name_of(fields, "idx") : index.name, fields, index.unique);
    }
  }

  [[nodiscard]] std::string name_of(const std::vector<ir::FieldId>& fields, std::string_view suffix) const {
    std::string name = entity_.table;
    for (const auto id : fields) name += "_" + entity_.field(id).column;
    return fmt::format("{}_{}", name, suffix);
  }

  void add(std::string name, const std::vector<ir::FieldId>& fields, bool unique) {
    IndexShape index;
    index.unique = unique;
    index.name = std::move(name);
    for (const auto id : fields) {
      const auto column = shape_.column_of[id.index()];
      if (column >= shape_.columns.size()) return;
      index.columns.push_back(column);
    }
    if (index.columns.empty()) return;
    index.ascending = rises(entity_.field(fields.front()));
    const auto& last = entity_.field(fields.back());
    const bool number = unique && (last.type.scalar == Scalar::kInt64 || last.type.scalar == Scalar::kInt32) && !last.relation.valid();
    index.tail_ascends = fields.size() > 1 && !index.ascending && (rises(last) || last.type.scalar == Scalar::kTimestamp || number);
    if (database_ == Database::kPostgres) {
      postgres::shape_index(index, shape_.columns);
    } else {
      std::vector<ColumnShape> row_key;
      if (!entity_.without_rowid) {
        ColumnShape rowid;
        rowid.bytes = 3;
        row_key.push_back(rowid);
      } else {
        for (const auto id : entity_.key) row_key.push_back(shape_.columns[shape_.column_of[id.index()]]);
      }
      sqlite::shape_index(index, shape_.columns, row_key);
    }
    shape_.indexes.push_back(std::move(index));
  }

  /// Whether new rows have larger values than those before.
  static bool rises(const ir::Field& field) {
    using ir::Generated;
    const bool made =
        field.generated == Generated::kUuidV7 || field.generated == Generated::kCreatedAt || field.generated == Generated::kAutoIncrement;
    return made && !field.relation.valid();
  }

  const ir::System& system_;
  const ir::Entity& entity_;
  Database database_;
  const Assumptions& assume_;
  EntityShape shape_;
};

/// Different values of a field among its entity's rows.
double distinct_values(const Populated& populated, const ir::Entity& entity, const ir::Field& field) {
  const ir::System& system = populated.system;
  const double rows = populated.rows[entity.id.index()];
  const ColumnFacts* facts = populated.assume.column(entity.name, field.name);
  if (facts != nullptr && facts->distinct >= 0) return std::min(rows, facts->distinct);
  if (field.relation.valid()) {
    const ir::Relation& relation = system.relation(field.relation);
    // As many different ones as `rows` draws find among all of the target.
    const double target = std::max(1.0, populated.rows[relation.to.index()]);
    return std::min(rows, target);
  }
  switch (field.type.scalar) {
    case Scalar::kBool:
      return 2;
    case Scalar::kEnum:
      return field.type.enumeration.valid() ? static_cast<double>(system.enums[field.type.enumeration.index()].values.size()) : 8;
    case Scalar::kInt32:
    case Scalar::kInt64:
      return field.unique ? rows : std::min(rows, kOrdinaryIntegers);
    case Scalar::kDecimal:
      return std::min(rows, kAmounts);
    default:
      return rows;
  }
}

}  // namespace

Shapes shape_system(const ir::System& system, Database database, const Assumptions& assume) {
  Shapes shapes;
  shapes.reserve(system.entities.size());
  for (const auto& entity : system.entities) shapes.push_back(EntityShaper(system, entity, database, assume).shape());
  return shapes;
}

double table_bytes(const EntityShape& shape, Database database, double rows) {
  return database == Database::kPostgres ? postgres::table_bytes(shape.table, rows) : sqlite::table_bytes(shape.table, rows);
}

double index_bytes(const Populated& populated, const ir::Entity& entity, const EntityShape& shape, std::size_t index) {
  const ir::System& system = populated.system;
  const IndexShape& one = shape.indexes[index];
  const double rows = populated.rows[entity.id.index()];
  const auto field_of = [&](std::size_t column) {
    return static_cast<std::size_t>(std::find(shape.column_of.begin(), shape.column_of.end(), column) - shape.column_of.begin());
  };
  // A reference to a tenant's row tells the tenant already, so the tenant's column makes no further keys.
  const bool tenant_known = entity.tenanted && std::any_of(one.columns.begin(), one.columns.end(), [&](std::size_t column) {
                              const auto field = field_of(column);
                              const auto relation = entity.fields[field].relation;
                              return relation.valid() && field != entity.tenant_field.index() && system.entity(system.relation(relation).to).tenanted;
                            });
  double distinct = 1;
  double prefix = 1;
  for (const auto column : one.columns) {
    const auto field = field_of(column);
    prefix = distinct;
    if (tenant_known && field == entity.tenant_field.index()) continue;
    distinct = std::min(rows, distinct * std::max(1.0, distinct_values(populated, entity, entity.fields[field])));
  }
  const IndexLoad load{rows, distinct, one.tail_ascends && rows / std::max(1.0, prefix) >= kLongSeries};
  return populated.database == Database::kSqlite ? sqlite::index_bytes(one, load) : postgres::index_bytes(one, load);
}

std::vector<PaperSize> size_today(const ir::System& system, Database database, const Assumptions& assume) {
  const auto shapes = shape_system(system, database, assume);
  std::vector<double> rows;
  for (const auto& growth : derive_rows(system, 1, assume)) rows.push_back(growth.rows);
  std::vector<PaperSize> sizes;
  for (const auto& entity : system.entities) {
    const auto& shape = shapes[entity.id.index()];
    PaperSize size;
    if (!entity.view) size.table_bytes = table_bytes(shape, database, rows[entity.id.index()]);
    for (std::size_t i = 0; i < shape.indexes.size() && !entity.view; ++i) {
      size.index_bytes += index_bytes({system, database, assume, rows}, entity, shape, i);
    }
    sizes.push_back(size);
  }
  return sizes;
}

Demand derive_demand(const ir::System& system, double factor, Database database, const Assumptions& assume, const Shapes& shapes) {
  Demand demand;
  demand.factor = factor;
  demand.database = database;
  const auto growth = derive_rows(system, factor, assume);
  std::vector<double> rows[kHorizons];
  for (std::size_t h = 0; h < kHorizons; ++h) {
    for (const auto& one : growth) rows[h].push_back(rows_after(one, kHorizonMonths[h] * kDaysAMonth));
  }
  for (const auto& entity : system.entities) {
    const auto at = entity.id.index();
    EntitySize size;
    size.entity = entity.id;
    size.rows_basis = growth[at].basis;
    size.rows_source = growth[at].source;
    size.today = growth[at].rows;
    size.per_day = growth[at].per_day;
    size.keep_days = growth[at].keep_days;
    size.row_bytes = entity.view ? 0 : table_bytes(shapes[at], database, 1e6) / 1e6;
    for (std::size_t i = 0; i < shapes[at].indexes.size() && !entity.view; ++i) size.indexes.push_back({shapes[at].indexes[i].name, {}});
    for (std::size_t h = 0; h < kHorizons; ++h) {
      size.rows[h] = rows[h][at];
      demand.total.rows[h] += size.rows[h];
      if (entity.view) continue;
      size.table_bytes[h] = table_bytes(shapes[at], database, size.rows[h]);
      demand.total.bytes[h] += size.table_bytes[h];
      for (std::size_t i = 0; i < size.indexes.size(); ++i) {
        size.indexes[i].bytes[h] = index_bytes({system, database, assume, rows[h]}, entity, shapes[at], i);
        demand.total.bytes[h] += size.indexes[i].bytes[h];
      }
    }
    demand.entities.push_back(std::move(size));
  }
  demand.total.growth_bytes_per_day = (demand.total.bytes[2] - demand.total.bytes[0]) / ((kHorizonMonths[2] - kHorizonMonths[0]) * kDaysAMonth);
  derive_operations(system, demand, assume, shapes);
  return demand;
}

Demand derive_demand(const ir::System& system, double factor, Database database, const Assumptions& assume) {
  return derive_demand(system, factor, database, assume, shape_system(system, database, assume));
}

Demand derive_demand(const ir::System& system, double factor, Database database) { return derive_demand(system, factor, database, Assumptions{}); }

}  // namespace kingpost::capacity
