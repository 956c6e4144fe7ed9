#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/keys.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

/// What something asks of an index: columns compared for equality, in any order, then columns in this order.
struct Wish {
  std::vector<ir::FieldId> equal;
  std::vector<ir::IndexPart> sorted;
  std::string reason;
  Span span;
};

std::vector<ir::IndexPart> parts_of(const Wish& wish) {
  std::vector<ir::IndexPart> parts;
  parts.reserve(wish.equal.size() + wish.sorted.size());
  for (const auto id : wish.equal) parts.push_back({id, false});
  parts.insert(parts.end(), wish.sorted.begin(), wish.sorted.end());
  return parts;
}

std::vector<ir::IndexPart> ascending(const std::vector<ir::FieldId>& fields) {
  std::vector<ir::IndexPart> parts;
  parts.reserve(fields.size());
  for (const auto id : fields) parts.push_back({id, false});
  return parts;
}

/// Whether an index over `parts` serves the wish: its first columns are the equal ones, then the sorted ones in their order, all in the
/// given directions or all reversed.
bool serves(const std::vector<ir::IndexPart>& parts, const Wish& wish) {
  if (parts.size() < wish.equal.size() + wish.sorted.size()) return false;
  for (std::size_t i = 0; i < wish.equal.size(); ++i) {
    if (std::find(wish.equal.begin(), wish.equal.end(), parts[i].field) == wish.equal.end()) return false;
  }
  bool same = true;
  bool reversed = true;
  for (std::size_t i = 0; i < wish.sorted.size(); ++i) {
    const auto& part = parts[wish.equal.size() + i];
    if (part.field != wish.sorted[i].field) return false;
    same = same && part.descending == wish.sorted[i].descending;
    reversed = reversed && part.descending != wish.sorted[i].descending;
  }
  return same || reversed;
}

void add_once(std::vector<ir::FieldId>& fields, ir::FieldId id) {
  if (std::find(fields.begin(), fields.end(), id) == fields.end()) fields.push_back(id);
}

std::optional<Wish> wish_of(const ir::Entity& entity, const ir::Query& query) {
  if (!query.search.empty()) return std::nullopt;
  Wish wish;
  wish.reason = "query " + query.name;
  wish.span = query.span;
  if (entity.tenanted && entity.tenant_field.valid()) wish.equal.push_back(entity.tenant_field);
  std::vector<ir::FieldId> ranges;
  for (const auto& filter : query.filters) {
    if (filter.op == "=" || filter.op == "in") add_once(wish.equal, filter.field);
  }
  for (const auto& filter : query.filters) {
    const bool equal = std::find(wish.equal.begin(), wish.equal.end(), filter.field) != wish.equal.end();
    if (!equal && filter.op != "=" && filter.op != "in") add_once(ranges, filter.field);
  }
  for (const auto& part : query.order) {
    const bool equal = std::find(wish.equal.begin(), wish.equal.end(), part.field) != wish.equal.end();
    if (!equal) wish.sorted.push_back(part);
  }
  // A range that is not the sort comes after it: the rows then come in order and are filtered inside the index.
  for (const auto id : ranges) {
    const bool present = std::any_of(wish.sorted.begin(), wish.sorted.end(), [&](const ir::IndexPart& part) { return part.field == id; });
    if (!present) wish.sorted.push_back({id, false});
  }
  return wish;
}

std::vector<Wish> collect_wishes(const ir::System& system, const ir::Entity& entity) {
  std::vector<Wish> wishes;
  for (const auto& query : entity.queries) {
    if (auto wish = wish_of(entity, query)) wishes.push_back(std::move(*wish));
  }
  for (const auto id : entity.relations) {
    const auto& relation = system.relation(id);
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse) continue;
    Wish wish{relation.from_fields, {}, "foreign key " + relation.name, relation.span};
    const bool scoped = std::find(wish.equal.begin(), wish.equal.end(), entity.tenant_field) != wish.equal.end();
    if (entity.tenanted && entity.tenant_field.valid() && !scoped) wish.equal.insert(wish.equal.begin(), entity.tenant_field);
    wishes.push_back(std::move(wish));
  }
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    if (entity.fields[i].external.empty()) continue;
    Wish wish;
    if (entity.tenanted && entity.tenant_field.valid()) wish.equal.push_back(entity.tenant_field);
    wish.equal.push_back(ir::FieldId{static_cast<std::uint32_t>(i)});
    wish.reason = "external key " + entity.fields[i].name;
    wish.span = entity.fields[i].span;
    wishes.push_back(std::move(wish));
  }
  // The widest first: a narrower wish is then most often served already.
  std::stable_sort(wishes.begin(), wishes.end(), [](const Wish& left, const Wish& right) {
    return left.equal.size() + left.sorted.size() > right.equal.size() + right.sorted.size();
  });
  return wishes;
}

std::string index_name(const ir::Entity& entity, const std::vector<ir::IndexPart>& parts) {
  std::vector<ir::FieldId> fields;
  fields.reserve(parts.size());
  for (const auto& part : parts) fields.push_back(part.field);
  auto name = bounded_name(fmt::format("{}_{}_idx", entity.table, joined_columns(entity, fields)));
  const auto taken = [&](const std::string& candidate) {
    return std::any_of(entity.indexes.begin(), entity.indexes.end(), [&](const ir::Index& index) { return index.name == candidate; });
  };
  for (int i = 2; taken(name); ++i) name = bounded_name(fmt::format("{}_{}_idx{}", entity.table, joined_columns(entity, fields), i));
  return name;
}

void derive_indexes(const ir::System& system, ir::Entity& entity) {
  for (auto& wish : collect_wishes(system, entity)) {
    const auto by_unique = [&](const ir::Unique& unique) { return serves(ascending(unique.fields), wish); };
    if (serves(ascending(entity.key), wish) || std::any_of(entity.uniques.begin(), entity.uniques.end(), by_unique)) continue;
    const auto by_index = std::find_if(entity.indexes.begin(), entity.indexes.end(),
                                       [&](const ir::Index& index) { return index.where_sql.empty() && serves(index.parts, wish); });
    if (by_index != entity.indexes.end()) {
      if (!by_index->is_explicit) by_index->reason += ", " + wish.reason;
      continue;
    }
    ir::Index index;
    index.parts = parts_of(wish);
    if (index.parts.empty()) continue;
    index.name = index_name(entity, index.parts);
    index.reason = wish.reason;
    index.span = wish.span;
    entity.indexes.push_back(std::move(index));
  }
}

void read_index(Context& context, ir::Entity& entity, const model::Member& member) {
  const auto& node = member.value;
  ir::Index index;
  index.is_explicit = true;
  index.reason = "declared as " + member.key;
  index.span = member.key_span;
  index.unique = node.is_map() && flag_at(node, "unique");
  for (const auto& item : items_of(node.is_map() ? node.find("fields") : &node)) {
    auto name = text_of(item);
    const auto blank = name.text.find(' ');
    const bool descending = blank != std::string::npos && name.text.substr(blank + 1) == "desc";
    if (blank != std::string::npos) {
      name.span.end_column -= name.span.line == name.span.end_line ? static_cast<std::uint32_t>(name.text.size() - blank) : 0;
      name.text.resize(blank);
    }
    const auto id = require_field(context, entity, name);
    if (!id.valid()) return;
    if (!entity.field(id).stored()) {
      report(context, "query-field", item.span, fmt::format("`{}` is computed, so it cannot be indexed.", name.text),
             "Index the fields it is computed from.");
      return;
    }
    index.parts.push_back({id, descending});
  }
  if (index.parts.empty()) return;
  index.name = node.is_map() ? text_at(node, "name") : std::string();
  if (node.is_map()) index.where_sql = text_at(node, "sql_where");
  if (index.name.empty()) index.name = bounded_name(fmt::format("{}_{}", entity.table, member.key));
  entity.indexes.push_back(std::move(index));
}

}  // namespace

void compile_indexes(Context& context) {
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    if (node != nullptr && node->is_map()) {
      for (const auto& member : members_of(node->find("indexes"))) read_index(context, entity, member);
    }
    if (context.root.find("indexes") == nullptr) derive_indexes(context.system, entity);
  }
}

}  // namespace kingpost::compile
