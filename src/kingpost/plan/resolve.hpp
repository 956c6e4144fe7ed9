#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/plan/plan.hpp"
#include "kingpost/plan/policy.hpp"

namespace kingpost::plan {

/// What every part of planning one request shares. Counters make the bounds hold over the whole request.
struct Context {
  const request::Request& request;
  const ir::System& system;
  const ir::Contract& contract;
  const Limits& limits;
  Policies policies;
  std::int64_t filter_nodes = 0;
  std::int64_t select_nodes = 0;
  std::int64_t embeds = 0;

  [[nodiscard]] const ir::Entity& entity(const ir::ViewEntity& view) const { return system.entity(view.entity); }
};

/// A field of the contract view that the caller may know of, with its read verdict; null when unknown or never visible.
[[nodiscard]] const ir::ViewField* find_visible(const Context& context, const ir::ViewEntity& view, std::string_view name);

/// The column of a view field, without path or cast.
[[nodiscard]] Column column_of(const Context& context, const ir::ViewEntity& view, const ir::ViewField& field);
/// The stored column of a field, whatever the contract shows of it.
[[nodiscard]] Column stored_column(const ir::Entity& entity, ir::FieldId field);

/// A client's column path. Error 42703, 42883 for a path into something that is no JSON.
[[nodiscard]] Result<Column> resolve_column(const Context& context, const ir::ViewEntity& view, const request::ColumnPath& path);
/// Adds a cast from the closed list of casts. Error 42704.
[[nodiscard]] Result<Column> cast_column(Column column, const std::string& cast);
/// `column t.c does not exist`, with the nearest visible name as its hint.
[[nodiscard]] Error unknown_column(const Context& context, const ir::ViewEntity& view, const std::string& name);

/// The relation that `name!hint` means from `view`. Errors PGRST200, PGRST201.
[[nodiscard]] Result<ir::RelationId> resolve_relation(const Context& context, const ir::ViewEntity& view, const std::string& name,
                                                      const std::string& hint);

/// An embed that a filter may name: `rel=is.null`.
struct NamedEmbed {
  std::string_view name;
  const Level* level = nullptr;
};

/// A client's filter tree. Errors 42703, 42883, 42804, PGRST120, PGRST127, kp-limit-filter.
[[nodiscard]] Result<Predicate> resolve_filter(Context& context, const ir::ViewEntity& view, const request::Filter& filter,
                                               const std::vector<NamedEmbed>& embeds);
/// Whether the filter, by equalities that must all hold, fixes every column of the key.
[[nodiscard]] bool pins_key(const ir::Entity& entity, const Predicate& filter);

[[nodiscard]] Predicate conjunction(std::vector<Predicate> parts);
[[nodiscard]] Predicate policy_predicate(const cel::ExprPtr& condition);
/// A row related to `level`'s parent, which satisfies the level's filters and policies.
[[nodiscard]] Predicate exists_predicate(const Level& level);

enum class LevelUse : std::uint8_t {
  kRead,            ///< filters, page and bounds as asked
  kRepresentation,  ///< of written rows: the root's filters and page do not apply
};

[[nodiscard]] Result<Level> resolve_root(Context& context, const ir::ViewEntity& view, LevelUse use);

/// The write of a request, checked and with policies woven in.
[[nodiscard]] Result<Write> resolve_write(Context& context, const ir::ViewEntity& view);

/// What the row version is made of.
[[nodiscard]] std::vector<Column> version_columns(const Context& context, const ir::Entity& entity);

}  // namespace kingpost::plan
