#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/base/limits.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

// Keys, and what it costs to follow them: sch-no-pk, qry-nplus1, qry-cost.
namespace kingpost::review::rule {
namespace {

constexpr double kTooManyVisited = 1e6;
constexpr std::size_t kChain = 3;

bool is_made(const ir::Field& field) { return field.generated != ir::Generated::kNo; }

void changing_keys(const ir::System& system, const ir::Entity& entity, Report& report) {
  if (entity.key.size() != 1) return;
  const auto& key = entity.field(entity.key.front());
  const bool personal = names_contact(key.name) || names_personal(key.name);
  const bool changes = personal || is_one_of(key.name, "name title full_name username user_name label display_name nickname");
  const bool text = key.type.scalar == ir::Scalar::kString || key.type.scalar == ir::Scalar::kText;
  if (!changes || !text) return;
  const auto holders = std::count_if(system.relations.begin(), system.relations.end(),
                                     [&](const ir::Relation& relation) { return is_foreign_key(relation) && relation.to == entity.id; });
  report.add(
      {.severity = personal ? Severity::kError : Severity::kWarning,
       .span = key.span.known() ? key.span : entity.span,
       .message = fmt::format(
           "Nobody can correct the `{}` of {} without losing its history: it is the key{}, and a changed key is another "
           "record.",
           key.name, with_article(entity.name),
           holders > 0 ? fmt::format(" that {} foreign key{} repeat{}", holders, holders == 1 ? "" : "s", holders == 1 ? "s" : "") : std::string()),
       .fix = fmt::format("Leave `key` out for a UUIDv7 and write `{}: … unique`.", key.name)});
}

void repeated_links(const ir::System& system, const ir::Entity& entity, Report& report) {
  std::vector<std::string> names;
  std::vector<ir::FieldId> ids;
  for (std::uint32_t at = 0; at < entity.fields.size(); ++at) {
    const auto& field = entity.fields[at];
    const ir::FieldId id{at};
    const bool key = std::find(entity.key.begin(), entity.key.end(), id) != entity.key.end();
    if (!field.stored() || is_made(field) || id == entity.tenant_field || (key && !field.relation.valid())) continue;
    if (!field.relation.valid() || system.relation(field.relation).to_fields.size() != 1) return;
    names.push_back(field.name);
    ids.push_back(id);
  }
  if (ids.size() != 2) return;
  const auto within = [&](const std::vector<ir::FieldId>& fields) {
    return !fields.empty() && std::all_of(fields.begin(), fields.end(), [&](ir::FieldId id) {
      return id == entity.tenant_field || std::find(ids.begin(), ids.end(), id) != ids.end();
    });
  };
  if (within(entity.key) || std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const auto& unique) { return within(unique.fields); }))
    return;
  report.add(
      {.severity = Severity::kWarning,
       .span = entity.span,
       .message = fmt::format("The same `{}` and `{}` are linked twice as soon as two callers link them at once: `{}` is nothing but the pair, "
                              "and nothing makes the pair unique.",
                              names[0], names[1], entity.name),
       .fix = fmt::format("Write `unique: [[{0}, {1}]]`, or make the pair the key: `key: [{0}, {1}]`.", names[0], names[1]),
       .edits = {edit_item(entity.span, {}, "unique", fmt::format("[{}, {}]", names[0], names[1]))}});
}

}  // namespace

void sch_no_pk(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (entity.built_in || entity.view) continue;
    changing_keys(system, entity, report);
    repeated_links(system, entity, report);
  }
}

void qry_nplus1(const ir::System& system, Report& report) {
  const Limits limits;
  for (const auto& entity : system.entities) {
    const double rows = rows_after(entity, kDaysPerYear);
    if (!is_reachable(entity) || entity.access.read == nullptr || rows < kManyRows) continue;
    for (const auto& field : entity.fields) {
      std::string asked;
      walk(field.computed, [&](const cel::Expr& node) {
        const bool over_many = node.kind == cel::ExprKind::kMacro && !node.args.empty() && node.args[0]->type.relation && node.args[0]->type.element;
        if (over_many && asked.empty()) asked = node.args[0]->type.element->name;
      });
      if (asked.empty()) continue;
      const auto child = system.find_entity(asked);
      const double children = child.valid() ? rows_after(system.entity(child), kDaysPerYear) : 0;
      report.add({.severity = Severity::kWarning,
                  .span = field.span,
                  .message = fmt::format(
                      "A page of {} `{}` asks `{}` {} times{}: `{}` is computed anew for each row of a list of {}.", limits.page_rows, entity.name,
                      asked, limits.page_rows,
                      children > rows ? fmt::format(" and reads {} rows of it", amount_text(children / rows * static_cast<double>(limits.page_rows)))
                                      : std::string(),
                      field.name, amount_text(rows)),
                  .fix = fmt::format("Keep the value in a projection of `{}` grouped by its `{}`, or store it where a command changes it.", asked,
                                     entity.name),
                  .evidence = "the limit `page-rows`"});
    }
  }
}

namespace {

struct Chain {
  std::vector<const ir::Relation*> way;
  double visited = 0;
};

double fan_out(const ir::System& system, const ir::Relation& relation) {
  if (relation.kind != ir::RelationKind::kToMany) return 0;
  const double parents = rows_after(system.entity(relation.from), kDaysPerYear);
  return parents > 0 ? rows_after(system.entity(relation.to), kDaysPerYear) / parents : 0;
}

void longest(const ir::System& system, ir::EntityId from, Chain& now, Chain& best) {
  if (now.way.size() >= 2 && now.visited > best.visited) best = now;
  if (now.way.size() == kChain) return;
  for (const auto id : system.entity(from).relations) {
    const auto& relation = system.relation(id);
    const double each = fan_out(system, relation);
    if (each <= 1 || system.entity(relation.to).access.read == nullptr) continue;
    const double before = now.visited;
    now.way.push_back(&relation);
    now.visited *= each;
    longest(system, relation.to, now, best);
    now.way.pop_back();
    now.visited = before;
  }
}

}  // namespace

void qry_cost(const ir::System& system, Report& report) {
  const Callers callers(system);
  const Limits limits;
  for (const auto& entity : system.entities) {
    if (!is_reachable(entity) || entity.access.read == nullptr) continue;
    Chain now{{}, std::min(rows_after(entity, kDaysPerYear), static_cast<double>(limits.page_rows))};
    Chain best;
    longest(system, entity.id, now, best);
    if (best.visited < kTooManyVisited) continue;
    bool open = callers.of(entity.access.read) == Audience::kEveryone;
    std::string way = entity.name;
    for (const auto* relation : best.way) {
      way += " → " + relation->name;
      open = open && callers.of(system.entity(relation->to).access.read) == Audience::kEveryone;
    }
    report.add({.severity = open ? Severity::kError : Severity::kWarning,
                .span = entity.span,
                .message = fmt::format("One request of {} can make the database visit {} rows: a page of `{}` may nest {} to-many relations, "
                                       "while an answer may hold {} embedded rows.",
                                       open ? "anybody on the network" : "one caller", amount_text(best.visited), entity.name, best.way.size(),
                                       amount_text(static_cast<double>(limits.embed_rows))),
                .fix = "Serve the lower levels by queries of their own, and set `embed-depth` and `page-rows` lower than their defaults.",
                .evidence = way});
  }
}

}  // namespace kingpost::review::rule
