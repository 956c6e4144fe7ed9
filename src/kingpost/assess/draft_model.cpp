#include "kingpost/assess/draft_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "kingpost/assess/draft_types.hpp"
#include "kingpost/assess/markdown.hpp"
#include "kingpost/assess/tables.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/introspect/draft.hpp"

namespace kingpost::assess {
namespace {

using foreign::SqlFacts;
using foreign::TableFact;

constexpr std::size_t kMaxName = 63;
/// The language's bound on entries of one map.
constexpr std::size_t kMostEntities = 1'000;

bool is_sayable(std::string_view name) {
  const bool control = std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7f'; });
  return !name.empty() && !control && valid_utf8(name) && name.size() <= kMaxName;
}

ir::OnDelete action_of(const std::string& action) {
  if (action == "cascade") return ir::OnDelete::kCascade;
  if (action == "restrict") return ir::OnDelete::kRestrict;
  if (action == "set null") return ir::OnDelete::kSetNull;
  if (action == "set default") return ir::OnDelete::kSetDefault;
  return ir::OnDelete::kNoAction;
}

class Drafter {
 public:
  explicit Drafter(const SqlFacts& facts) : facts_(facts), index_(facts.tables) {}

  /// Tables as the drafter takes them.
  introspect::NormalSchema normalise() {
    choose_tables();
    introspect::NormalSchema schema;
    schema.notes = notes_;
    for (const std::size_t at : chosen_) schema.tables.push_back(table_of(at));
    note_routines(schema, foreign::RoutineFact::Kind::kView, "view");
    note_routines(schema, foreign::RoutineFact::Kind::kTrigger, "trigger");
    note_routines(schema, foreign::RoutineFact::Kind::kFunction, "function");
    note_routines(schema, foreign::RoutineFact::Kind::kProcedure, "procedure");
    return schema;
  }

  /// Types that the drafter, which knows SQLite's only, could not say.
  void refine(introspect::Draft& draft) const {
    for (auto& entity : draft.entities) {
      for (auto& field : entity.fields) {
        field.sql_type.clear();
        field.sql_default.clear();
        field.storage.clear();
        const auto type = types_.find({entity.table, field.column});
        if (field.target.empty() && !field.counted && type != types_.end()) field.type = type->second;
      }
    }
    match_keys(draft);
  }

 private:
  void note_routines(introspect::NormalSchema& schema, foreign::RoutineFact::Kind kind, std::string_view noun) const {
    std::vector<std::string> names;
    for (const auto& routine : facts_.routines) {
      if (routine.kind != kind) continue;
      const bool trigger = kind == foreign::RoutineFact::Kind::kTrigger && !routine.table.name.empty();
      names.push_back(trigger ? fmt::format("{} of {}", shown(routine.name), shown(routine.table)) : shown(routine.name));
    }
    if (!names.empty()) schema.notes.push_back(fmt::format("Not expressed: {} ({}).", counted(names.size(), noun), fmt::join(names, ", ")));
  }

  [[nodiscard]] std::string table_name(std::size_t at) const {
    const auto& name = facts_.tables[at].name;
    return name.schema.empty() || name.schema == "public" ? name.name : name.schema + "_" + name.name;
  }

  void choose_tables() {
    std::set<std::string> names;
    for (std::size_t at = 0; at < facts_.tables.size(); ++at) {
      const TableFact& table = facts_.tables[at];
      std::string why;
      const bool column = std::any_of(table.columns.begin(), table.columns.end(), [](const auto& one) { return !is_sayable(one.name); });
      if (!is_sayable(table_name(at)) || column) {
        why = "a name of it cannot be written in a model";
      } else if (!table.partition_of.name.empty()) {
        why = fmt::format("it is a part of {}", shown(table.partition_of));
      } else if (table.primary_key.columns.empty()) {
        why = "it has no primary key";
      } else if (table_name(at).starts_with("pg_")) {
        why = "its name belongs to PostgreSQL";
      } else if (!std::all_of(table.primary_key.columns.begin(), table.primary_key.columns.end(), [&](const auto& key) { return has(table, key); })) {
        why = "a column of its key was not read";
      } else if (chosen_.size() == kMostEntities) {
        why = fmt::format("a model has at most {} entities", kMostEntities);
      } else if (!names.insert(table_name(at)).second) {
        why = "another table is called the same";
      }
      if (why.empty()) {
        chosen_.push_back(at);
      } else {
        notes_.push_back(fmt::format("The table {} is not expressed: {}.", shown(table.name), why));
      }
    }
  }

  static bool has(const TableFact& table, const std::string& column) {
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const auto& one) { return one.name == column; });
  }

  introspect::NormalTable table_of(std::size_t at) {
    const TableFact& table = facts_.tables[at];
    introspect::NormalTable out;
    out.schema.name = table_name(at);
    out.schema.primary_key = table.primary_key.columns;
    if (!table.name.schema.empty() && table.name.schema != "public")
      out.notes.push_back(fmt::format("It stands in the schema {}.", table.name.schema));
    std::vector<std::string> defaults;
    for (const auto& column : table.columns) {
      const DraftType type = draft_type(facts_, column.type);
      const auto& key = table.primary_key.columns;
      const bool in_key = std::find(key.begin(), key.end(), column.name) != key.end();
      dialect::SchemaColumn one;
      one.name = column.name;
      one.type = type.declared;
      one.nullable = column.nullable && !in_key;
      one.identity = column.generated && in_key && key.size() == 1 && type.declared == "INTEGER";
      types_[{out.schema.name, column.name}] = type.type;
      if (!type.note.empty()) out.notes.push_back(fmt::format("The column {} {}.", column.name, type.note));
      if (!column.default_value.empty() && !column.generated) defaults.push_back(column.name);
      out.schema.columns.push_back(std::move(one));
    }
    if (!defaults.empty()) out.notes.push_back(fmt::format("Not expressed: the defaults of {}.", fmt::join(defaults, ", ")));
    add_uniques(table, out);
    add_keys(table, out);
    add_indexes(table, out);
    if (!table.checks.empty()) out.notes.push_back(fmt::format("Not expressed: {} of its checks.", table.checks.size()));
    if (table.row_security) out.notes.emplace_back("Not expressed: its row security; write `access`.");
    return out;
  }

  static void add_uniques(const TableFact& table, introspect::NormalTable& out) {
    const auto add = [&](const std::string& name, const std::vector<std::string>& columns) {
      const bool known = !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](const auto& one) { return has(table, one); });
      const bool twice = columns == out.schema.primary_key ||
                         std::any_of(out.schema.uniques.begin(), out.schema.uniques.end(), [&](const auto& one) { return one.columns == columns; });
      if (known && !twice) out.schema.uniques.push_back({is_sayable(name) ? name : "", columns});
      return known;
    };
    for (const auto& unique : table.uniques) {
      if (!add(unique.name, unique.columns)) out.notes.push_back(fmt::format("The unique constraint {} is not expressed.", unique.name));
    }
    // A unique index over plain columns says the same.
    for (const auto& index : table.indexes) {
      if (index.unique && index.where.empty() && !index.columns.empty()) (void)add("", index.columns);
    }
  }

  void add_keys(const TableFact& table, introspect::NormalTable& out) {
    for (const auto& key : table.foreign_keys) {
      const auto target = index_.find(key.target);
      const bool there = target && std::find(chosen_.begin(), chosen_.end(), *target) != chosen_.end();
      dialect::SchemaForeignKey one;
      one.columns = key.columns;
      one.name = is_sayable(key.name) ? key.name : "";
      one.on_delete = action_of(key.on_delete);
      one.on_update = action_of(key.on_update);
      std::string why = there ? "" : "its target is not expressed";
      if (there) {
        const TableFact& held = facts_.tables[*target];
        one.table = table_name(*target);
        one.target_columns = key.target_columns.empty() ? held.primary_key.columns : key.target_columns;
        if (one.target_columns.size() != one.columns.size()) why = "it has another number of columns than its target";
        for (const auto& name : one.target_columns) why = has(held, name) ? why : "a column of its target was not read";
        for (const auto& name : one.columns) why = has(table, name) ? why : "a column of it was not read";
        if (why.empty() && !is_unique(held, one.target_columns)) why = "nothing says that its target is unique";
      }
      if (!why.empty()) {
        out.notes.push_back(fmt::format("The foreign key ({}) to {} is not expressed: {}.", fmt::join(key.columns, ", "), shown(key.target), why));
        continue;
      }
      const bool twice = std::any_of(out.schema.foreign_keys.begin(), out.schema.foreign_keys.end(),
                                     [&](const auto& it) { return it.columns == one.columns && it.table == one.table; });
      if (!twice) out.schema.foreign_keys.push_back(std::move(one));
    }
  }

  static bool is_unique(const TableFact& table, std::vector<std::string> columns) {
    std::sort(columns.begin(), columns.end());
    const auto same = [&](std::vector<std::string> other) {
      std::sort(other.begin(), other.end());
      return other == columns;
    };
    return same(table.primary_key.columns) ||
           std::any_of(table.uniques.begin(), table.uniques.end(), [&](const auto& one) { return same(one.columns); }) ||
           std::any_of(table.indexes.begin(), table.indexes.end(),
                       [&](const auto& one) { return one.unique && one.where.empty() && same(one.columns); });
  }

  static void add_indexes(const TableFact& table, introspect::NormalTable& out) {
    std::vector<std::string> left;
    for (const auto& index : table.indexes) {
      const bool plain = std::all_of(index.columns.begin(), index.columns.end(), [&](const auto& one) { return has(table, one); });
      if (index.unique && index.where.empty() && plain) continue;
      if (!plain || !index.where.empty() || !is_sayable(index.name) || (!index.method.empty() && index.method != "btree")) {
        left.push_back(index.name);
        continue;
      }
      dialect::SchemaIndex one{index.name, {}, index.unique, {}, {}};
      for (const auto& column : index.columns) one.parts.push_back({column, false});
      out.schema.indexes.push_back(std::move(one));
    }
    if (!left.empty())
      out.notes.push_back(fmt::format("Not expressed: the indexes {} (partial, over an expression, or no B-tree).", fmt::join(left, ", ")));
  }

  /// Columns of a foreign key take the types of their targets, as they must be equal.
  static void match_keys(introspect::Draft& draft) {
    for (auto& entity : draft.entities) {
      for (const auto& key : entity.foreign_keys) {
        const auto target = std::find_if(draft.entities.begin(), draft.entities.end(), [&](const auto& one) { return one.name == key.to; });
        const auto& names = key.target.empty() ? target->key : key.target;
        for (std::size_t at = 0; at < key.fields.size() && at < names.size(); ++at) {
          const auto held = *target->find(names[at]);
          auto field = std::find_if(entity.fields.begin(), entity.fields.end(), [&](const auto& one) { return one.name == key.fields[at]; });
          if (field->target.empty() && held.target.empty() && !field->counted) field->type = held.type;
        }
      }
    }
  }

  const SqlFacts& facts_;
  TableIndex index_;
  std::vector<std::size_t> chosen_;
  std::vector<std::string> notes_;
  std::map<std::pair<std::string, std::string>, std::string> types_;
};

}  // namespace

Result<DraftModel> draft_model(const SqlFacts& facts, const std::string& system, const std::string& origin) {
  Drafter drafter(facts);
  const auto schema = drafter.normalise();
  if (schema.tables.empty()) {
    auto error =
        make_error(ErrorKind::kFailedPrecondition, "kp-review-no-tables", "No table with a primary key was read, so there is nothing to draft.");
    error.details = fmt::format("{}", fmt::join(schema.notes, "\n"));
    return fail(std::move(error));
  }
  auto draft = introspect::make_draft(schema, {});
  drafter.refine(draft);
  DraftModel out;
  out.notes = draft.notes;
  for (const auto& entity : draft.entities) {
    for (const auto& note : entity.notes) out.notes.push_back(fmt::format("{}: {}", entity.table, note));
  }
  out.yaml = introspect::print_draft(draft, system, origin);
  return out;
}

}  // namespace kingpost::assess
