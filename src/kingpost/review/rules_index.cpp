#include <fmt/format.h>

#include <algorithm>

#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

namespace kingpost::review::rule {
namespace {

constexpr std::size_t kManyIndexes = 6;
constexpr double kHeavyWritesPerSecond = 100;

/// Whether a look-up by `field` starts an index, the tenant's column aside.
bool is_led_by(const ir::Entity& entity, ir::FieldId field) {
  const auto leads = [&](const std::vector<ir::FieldId>& fields) {
    for (const auto id : fields) {
      if (id == field) return true;
      if (id != entity.tenant_field) return false;
    }
    return false;
  };
  if (leads(entity.key)) return true;
  if (std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const ir::Unique& unique) { return leads(unique.fields); })) return true;
  return std::any_of(entity.indexes.begin(), entity.indexes.end(), [&](const ir::Index& index) {
    std::vector<ir::FieldId> fields;
    for (const auto& part : index.parts) fields.push_back(part.field);
    return index.where_sql.empty() && leads(fields);
  });
}

/// Fields compared with the caller: `row.owner_id == auth.uid`.
std::vector<ir::FieldId> caller_fields(const ir::Entity& entity) {
  std::vector<ir::FieldId> fields;
  walk(entity.access.read, [&](const cel::Expr& node) {
    if (!names_caller(node)) return;
    for (const auto& side : node.args) {
      const bool direct = side->kind == cel::ExprKind::kSelect && side->args[0]->kind == cel::ExprKind::kIdent && side->args[0]->name == "row";
      if (!direct) continue;
      const auto id = entity.find_field(side->name);
      if (id.valid() && entity.field(id).stored()) fields.push_back(id);
    }
  });
  return fields;
}

}  // namespace

void idx_filter_sort(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    const double rows = rows_after(entity, kDaysPerYear);
    if (!is_reachable(entity) || rows < kManyRows) continue;
    for (const auto field : caller_fields(entity)) {
      if (is_led_by(entity, field)) continue;
      const auto& name = entity.field(field).name;
      report.add(
          {.severity = Severity::kWarning,
           .span = entity.field(field).span,
           .message = fmt::format("Every list of `{}` reads all {} rows to find the caller's: the read rule compares `{}` and no index starts with "
                                  "it.",
                                  entity.name, amount_text(rows), name),
           .fix = fmt::format("Make `{}` a ref, or declare `queries: {{mine: {} = ?}}`; the index follows.", name, name)});
    }
    const double lists = peak_of(system, entity.name + ".list");
    const bool filtered = std::any_of(entity.queries.begin(), entity.queries.end(), [](const ir::Query& query) { return !query.filters.empty(); });
    if (lists <= 0 || filtered) continue;
    report.add({.severity = Severity::kWarning,
                .span = entity.span,
                .message = fmt::format("`{}.list` is to run {} times a second over {} rows, but no query says by what it is filtered, so nothing is "
                                       "indexed for it.",
                                       entity.name, amount_text(lists), amount_text(rows)),
                .fix = "Declare the query clients really make under `queries` and put its name into `load`."});
  }
}

void idx_fk_unindexed(const ir::System& system, Report& report) {
  for (const auto& relation : system.relations) {
    if (!is_foreign_key(relation) || is_tenant_link(system, relation) || relation.from_fields.empty()) continue;
    const auto& holder = system.entity(relation.from);
    const auto& parent = system.entity(relation.to);
    if (holder.built_in || holder.view || is_led_by(holder, relation.from_fields.front())) continue;
    const double rows = rows_after(holder, kDaysPerYear);
    const bool cascades = relation.on_delete == ir::OnDelete::kCascade || relation.on_delete == ir::OnDelete::kSetNull;
    const auto& field = holder.field(relation.from_fields.front());
    report.add({.severity = rows >= kManyRows || (cascades && rows <= 0) ? Severity::kWarning : Severity::kNote,
                .span = relation.span,
                .message = fmt::format("Deleting one `{}` reads all {}of `{}` under lock, and so does each list by it: no index starts with `{}`.",
                                       parent.name, rows > 0 ? amount_text(rows) + " rows " : "", holder.name, field.name),
                .fix = fmt::format("Add `indexes: {{by_{0}: [{0}]}}` to `{1}`.", field.name, holder.name),
                .edits = {edit_set(holder.span, {"indexes"}, "by_" + field.name, "[" + field.name + "]")}});
  }
}

void idx_redundant(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    const auto begins = [](const std::vector<ir::IndexPart>& shorter, const std::vector<ir::IndexPart>& longer) {
      return shorter.size() <= longer.size() && std::equal(shorter.begin(), shorter.end(), longer.begin(), [](const auto& left, const auto& right) {
               return left.field == right.field && left.descending == right.descending;
             });
    };
    const auto ascending = [](const std::vector<ir::FieldId>& fields) {
      std::vector<ir::IndexPart> parts;
      for (const auto id : fields) parts.push_back({id, false});
      return parts;
    };
    for (std::size_t at = 0; at < entity.indexes.size(); ++at) {
      const auto& index = entity.indexes[at];
      if (!index.is_explicit || index.unique || !index.where_sql.empty()) continue;
      std::string better;
      if (begins(index.parts, ascending(entity.key))) better = "the primary key";
      for (const auto& unique : entity.uniques) {
        if (begins(index.parts, ascending(unique.fields))) better = fmt::format("the unique `{}`", unique.name);
      }
      for (std::size_t other = 0; other < entity.indexes.size(); ++other) {
        const auto& longer = entity.indexes[other];
        const bool same = longer.parts.size() == index.parts.size();
        if (other == at || !longer.where_sql.empty() || (same && !longer.unique && other > at)) continue;
        if (begins(index.parts, longer.parts)) better = fmt::format("`{}`", longer.name);
      }
      if (better.empty()) continue;
      report.add(
          {.severity = Severity::kNote,
           .span = index.span,
           .message = fmt::format("Every insert into `{}` maintains `{}` for nothing: {} starts with the same columns and serves the same look-ups.",
                                  entity.name, index.name, better),
           .fix = "Remove the index.",
           .edits = {edit_remove(index.span)}});
    }
  }
}

void idx_too_many(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    const std::size_t count = entity.indexes.size() + entity.uniques.size() + 1;
    double writes = peak_of(system, entity.name + ".create") + peak_of(system, entity.name + ".update");
    for (const auto& command : system.commands) {
      const bool creates = std::any_of(command.steps.begin(), command.steps.end(),
                                       [&](const ir::Step& step) { return step.kind == ir::StepKind::kCreate && step.entity == entity.id; });
      if (creates) writes += peak_of(system, command.name);
    }
    if (entity.growth) writes = std::max(writes, entity.growth->per_day / 86'400);
    if (count < kManyIndexes || writes < kHeavyWritesPerSecond) continue;
    report.add({.severity = Severity::kWarning,
                .span = entity.span,
                .message = fmt::format("{} inserts a second into `{}` become {} index writes a second: each row is entered into {} indexes.",
                                       amount_text(writes), entity.name, amount_text(writes * static_cast<double>(count)), count),
                .fix = "Serve rare queries from a projection, and drop the queries and indexes nobody measured."});
  }
}

}  // namespace kingpost::review::rule
