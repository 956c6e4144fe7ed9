#include "kingpost/introspect/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "kingpost/introspect/names.hpp"

namespace kingpost::introspect {
namespace {

/// Query parameters of the wire dialect; a column of such a name is shown by its field's.
constexpr std::array<std::string_view, 10> kReservedColumns = {"select", "columns", "on_conflict", "order", "limit",
                                                               "offset", "and",     "or",          "not",   "cursor"};

bool is_reserved(const std::string& column) {
  return std::any_of(kReservedColumns.begin(), kReservedColumns.end(), [&](std::string_view name) { return same_name(name, column); });
}

std::string action_name(ir::OnDelete action) {
  switch (action) {
    case ir::OnDelete::kRestrict:
      return "restrict";
    case ir::OnDelete::kCascade:
      return "cascade";
    case ir::OnDelete::kSetNull:
      return "set_null";
    case ir::OnDelete::kSetDefault:
      return "set_default";
    case ir::OnDelete::kNoAction:
      break;
  }
  return {};
}

std::string without_id(const std::string& name) {
  constexpr std::string_view kSuffix = "_id";
  return name.size() > kSuffix.size() && name.ends_with(kSuffix) ? name.substr(0, name.size() - kSuffix.size()) : name;
}

/// The first name that is free, or the last one with a number.
std::string free_name(NameSet& names, const std::array<std::string, 3>& candidates) {
  for (const auto& name : candidates) {
    if (!names.taken(name) && !is_reserved(name)) return names.take(name);
  }
  return names.take(candidates.back());
}

/// A foreign key on its way to a relation, after its name is chosen.
struct Link {
  std::string name;
  std::string target;               ///< entity
  std::vector<std::string> fields;  ///< of the holder
  bool ref = false;
};

/// A table on its way to an entity, with the names that are taken on it.
struct Building {
  const NormalTable* table = nullptr;
  DraftEntity entity;
  NameSet names;
  std::vector<Link> links;
};

class DraftMaker {
 public:
  DraftMaker(const NormalSchema& schema, const Samples& samples) : schema_(schema), samples_(samples) {}

  Draft make() {
    draft_.notes = schema_.notes;
    entity_names_.reserve("auth");
    for (const auto& table : schema_.tables) start(table);
    for (auto& building : buildings_) mark_refs(building);
    for (auto& building : buildings_) name_fields(building);
    for (auto& building : buildings_) finish(building);
    for (auto& building : buildings_) add_inverses(building);
    for (auto& building : buildings_) add_through(building);
    for (auto& building : buildings_) draft_.entities.push_back(std::move(building.entity));
    return std::move(draft_);
  }

 private:
  void start(const NormalTable& table) {
    Building building;
    building.table = &table;
    auto& entity = building.entity;
    entity.name = entity_names_.take(model_name(table.schema.name, "table"));
    entity.table = table.schema.name;
    entity.notes = table.notes;
    for (const std::string_view name : {"true", "false", "null", "in"}) building.names.reserve(std::string(name));
    for (const auto& column : table.schema.columns) {
      const auto sample = samples_.find({table.schema.name, column.name});
      const auto chosen = choose_type(column.type, sample == samples_.end() ? ColumnSample{} : sample->second);
      if (!chosen.note.empty()) entity.notes.push_back(fmt::format("The column {} {}.", column.name, chosen.note));
      DraftField field;
      field.column = column.name;
      field.type = column.identity ? "int" : chosen.type;
      field.storage = column.identity ? "" : chosen.storage;
      field.sql_type = column.type;
      field.sql_default = column.default_sql;
      field.optional = column.nullable;
      field.counted = column.identity;
      entity.fields.push_back(std::move(field));
    }
    if (table.schema.without_rowid) entity.options.emplace_back("without_rowid");
    if (table.schema.autoincrement) entity.options.emplace_back("autoincrement");
    if (table.schema.strict) entity.options.emplace_back("strict");
    buildings_.push_back(std::move(building));
  }

  Building& by_table(const std::string& table) {
    return *std::find_if(buildings_.begin(), buildings_.end(), [&](const Building& one) { return one.entity.table == table; });
  }

  /// Whether one column refers to the one column of the target's key, of the same type, and its actions can be said of a ref.
  [[nodiscard]] bool is_ref(const Building& building, const dialect::SchemaForeignKey& key) {
    const auto& target = by_table(key.table);
    if (key.columns.size() != 1 || target.table->schema.primary_key != key.target_columns) return false;
    const auto* field = building.entity.find_column(key.columns[0]);
    const auto* held = target.entity.find_column(key.target_columns[0]);
    if (!field->target.empty() || field->counted || field->type != held->type || field->storage != held->storage) return false;
    // A key that refers to itself, or around a ring, has no type of its own.
    const auto& own = building.table->schema.primary_key;
    if (own.size() == 1 && own[0] == key.columns[0] && !held->target.empty()) return false;
    if (&target == &building && own[0] == key.columns[0]) return false;
    const bool impossible = (key.on_delete == ir::OnDelete::kSetNull && !field->optional) || key.on_delete == ir::OnDelete::kSetDefault;
    return !impossible;
  }

  void mark_refs(Building& building) {
    for (const auto& key : building.table->schema.foreign_keys) {
      if (!is_ref(building, key)) continue;
      auto& field =
          *std::find_if(building.entity.fields.begin(), building.entity.fields.end(), [&](const auto& one) { return one.column == key.columns[0]; });
      field.target = by_table(key.table).entity.name;
      field.storage.clear();
      field.on_delete = action_name(key.on_delete);
      field.on_update = action_name(key.on_update);
      field.type = fmt::format("ref({})", field.target);
      refs_.insert(&key);
    }
  }

  void name_fields(Building& building) {
    auto& names = building.names;
    auto& fields = building.entity.fields;
    // Plain fields choose their names first, because a ref can more easily do with another.
    for (auto& field : fields) {
      if (!field.target.empty()) continue;
      auto name = model_name(field.column, "column");
      if (is_reserved(name)) name += "_value";
      field.name = names.take(name);
    }
    for (const auto& field : fields) {
      if (!is_reserved(field.column)) names.reserve(field.column);
    }
    for (auto& field : fields) {
      if (field.target.empty()) continue;
      const auto name = model_name(field.column, "reference");
      const auto plain = without_id(name);
      field.name = free_name(building.names, {plain, name + "_ref", field.target + "_ref"});
      building.links.push_back({field.name, field.target, {field.name}, true});
    }
  }

  static std::vector<std::string> fields_of(const DraftEntity& entity, const std::vector<std::string>& columns) {
    std::vector<std::string> fields;
    for (const auto& column : columns) fields.push_back(entity.find_column(column)->name);
    return fields;
  }

  void finish(Building& building) {
    auto& entity = building.entity;
    const auto& schema = building.table->schema;
    entity.key = fields_of(entity, schema.primary_key);
    for (const auto& key : schema.foreign_keys) {
      if (refs_.contains(&key)) continue;
      const auto& target = by_table(key.table).entity;
      DraftKey one;
      one.fields = fields_of(entity, key.columns);
      one.to = target.name;
      if (key.target_columns != by_table(key.table).table->schema.primary_key) one.target = fields_of(target, key.target_columns);
      one.on_delete = action_name(key.on_delete);
      one.on_update = action_name(key.on_update);
      one.constraint = key.name;
      const auto plain = key.columns.size() == 1 ? without_id(one.fields[0]) : target.name;
      one.name = free_name(building.names, {plain, target.name, target.name + "_ref"});
      building.links.push_back({one.name, target.name, one.fields, false});
      entity.foreign_keys.push_back(std::move(one));
    }
    NameSet keys;
    for (const auto& index : schema.indexes) {
      std::vector<std::string> fields;
      for (const auto& part : index.parts) fields.push_back(entity.find_column(part.column)->name + (part.descending ? " desc" : ""));
      entity.indexes.push_back({keys.take(model_name(index.name, "index")), index.name, fields, index.unique, index.where_sql});
    }
    std::set<std::vector<std::string>> seen;
    for (const auto& unique : schema.uniques) {
      if (seen.insert(unique.columns).second) entity.uniques.push_back({unique.name, fields_of(entity, unique.columns)});
    }
    for (const auto& check : schema.checks) entity.checks.emplace_back(check.name, check.sql);
  }

  /// As compile sees it: the fields are the key or a unique constraint's.
  static bool is_unique(const DraftEntity& entity, std::vector<std::string> fields) {
    const auto same = [&](std::vector<std::string> other) {
      std::sort(other.begin(), other.end());
      return other == fields;
    };
    std::sort(fields.begin(), fields.end());
    return same(entity.key) ||
           std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const DraftUnique& unique) { return same(unique.fields); });
  }

  Building& by_name(const std::string& entity) {
    return *std::find_if(buildings_.begin(), buildings_.end(), [&](const Building& one) { return one.entity.name == entity; });
  }

  void add_inverses(Building& holder) {
    std::map<std::string, int> counts;
    for (const auto& link : holder.links) ++counts[link.target];
    for (const auto& link : holder.links) {
      auto& target = by_name(link.target);
      const bool one = is_unique(holder.entity, link.fields);
      auto name = one ? holder.entity.name : plural_of(holder.entity.name);
      if (counts[link.target] > 1 || link.target == holder.entity.name) name += "_by_" + link.name;
      target.entity.has.emplace_back(target.names.take(fit_model_name(name)),
                                     fmt::format("{}({}.{})", one ? "one" : "many", holder.entity.name, link.name));
    }
  }

  /// An entity whose key is two references joins their targets.
  void add_through(Building& junction) {
    const auto& entity = junction.entity;
    if (entity.key.size() != 2) return;
    const auto* near = entity.find(entity.key[0]);
    const auto* far = entity.find(entity.key[1]);
    if (near->target.empty() || far->target.empty() || near->target == far->target) return;
    const auto leads_to = [&](const std::string& target) {
      return std::count_if(junction.links.begin(), junction.links.end(), [&](const Link& link) { return link.target == target; });
    };
    if (leads_to(near->target) != 1 || leads_to(far->target) != 1) return;
    for (const auto& [from, to] : {std::pair(near, far), std::pair(far, near)}) {
      auto& owner = by_name(from->target);
      owner.entity.has.emplace_back(owner.names.take(fit_model_name(plural_of(to->target))),
                                    fmt::format("many({}) through({})", to->target, entity.name));
    }
  }

  const NormalSchema& schema_;
  const Samples& samples_;
  NameSet entity_names_;
  std::set<const dialect::SchemaForeignKey*> refs_;
  std::vector<Building> buildings_;
  Draft draft_;
};

}  // namespace

const DraftField* DraftEntity::find_column(std::string_view column) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [column](const DraftField& one) { return same_name(one.column, column); });
  return found == fields.end() ? nullptr : &*found;
}

const DraftField* DraftEntity::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [field](const DraftField& one) { return one.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

Draft make_draft(const NormalSchema& schema, const Samples& samples) { return DraftMaker(schema, samples).make(); }

}  // namespace kingpost::introspect
