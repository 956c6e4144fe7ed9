#pragma once

#include <functional>

#include "kingpost/decide/evidence.hpp"

namespace kingpost::decide {

/// Calls `visit` for an expression and everything below it; null is nothing.
void walk(const cel::ExprPtr& expr, const std::function<void(const cel::Expr&)>& visit);
/// Who may share an answer that is filtered by `policy`.
[[nodiscard]] Sharing sharing_of(const cel::ExprPtr& policy);
/// Who may share an answer with records of `entity`: its own policy, those of its fields, the tenant.
[[nodiscard]] Sharing sharing_of(const ir::Entity& entity);

/// Whether the entity was written in the model and clients or commands use it.
[[nodiscard]] bool is_modelled(const ir::Entity& entity) noexcept;
[[nodiscard]] bool is_nobody(const cel::ExprPtr& policy);
/// Foreign keys held, without the tenant's own.
[[nodiscard]] std::size_t count_foreign_keys(const ir::System& system, const ir::Entity& entity);
/// Whether records connect two records of one entity, or one record with its like.
[[nodiscard]] bool is_edge(const ir::System& system, const ir::Entity& entity);
/// Neither clients nor commands change or delete records once made.
[[nodiscard]] bool is_append_only(const ir::System& system, const ir::Entity& entity);
/// A field that says when the record was made, or when what it tells happened.
[[nodiscard]] bool has_time(const ir::Entity& entity);
/// Steps of commands, sagas, consumers and schedules that write the entity.
[[nodiscard]] std::size_t count_writing_steps(const ir::System& system, ir::EntityId entity);
/// Whether `set` stores a value computed from the row's former one, or that one decides whether anything is stored.
[[nodiscard]] bool is_relative(const ir::Step& step);
/// Conditions of a command over several rows that no lock of it covers.
[[nodiscard]] std::size_t count_open_invariants(const ir::Command& command);
/// Whether an expression reads anything of the caller beside the tenant.
[[nodiscard]] bool asks_caller(const cel::ExprPtr& expr);

}  // namespace kingpost::decide
