#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/ir/system.hpp"
#include "kingpost/review/finding.hpp"

namespace kingpost::review {

/// Takes the findings of one rule and signs them with its id and number.
class Report {
 public:
  Report(std::vector<Finding>& findings, std::string_view rule, int number) : findings_(&findings), rule_(rule), number_(number) {}
  void add(Finding finding);

 private:
  std::vector<Finding>* findings_;
  std::string_view rule_;
  int number_;
};

/// Edits for findings; `anchor` is the span of the element's name. Text must fit on one line.
[[nodiscard]] ModelEdit edit_set(const Span& anchor, std::vector<std::string> path, std::string key, std::string text);
[[nodiscard]] ModelEdit edit_item(const Span& anchor, std::vector<std::string> path, std::string key, std::string text);
[[nodiscard]] ModelEdit edit_word(const Span& field, std::string text);
[[nodiscard]] ModelEdit edit_type(const Span& field, std::string text);
/// The member whose name is at `anchor` goes.
[[nodiscard]] ModelEdit edit_remove(const Span& anchor);

/// Rows from which paging, scans and single deletes hurt.
inline constexpr double kManyRows = 100'000;
inline constexpr double kDaysPerYear = 365;

/// Whether some word of a snake_case name is one of `words`.
[[nodiscard]] bool has_word(std::string_view name, std::string_view words);
/// Whether the whole name is one of `words`.
[[nodiscard]] bool is_one_of(std::string_view name, std::string_view words);
/// A name that promises an amount of money.
[[nodiscard]] bool names_money(std::string_view name);
/// A name that promises data about a person whatever it stands in; secrets are told apart.
[[nodiscard]] bool names_personal(std::string_view name);
/// A name that promises data about a person in a record about one, such as `address`, which a shop has too.
[[nodiscard]] bool names_contact(std::string_view name);
/// Whether records of an entity are about a person: they refer to a user, or the entity is named so.
[[nodiscard]] bool is_about_person(const ir::System& system, const ir::Entity& entity);
[[nodiscard]] bool names_secret(std::string_view name);

/// An entity of the model that somebody beside the engine may reach.
[[nodiscard]] bool is_reachable(const ir::Entity& entity) noexcept;
/// A column whose value a client may choose.
[[nodiscard]] bool is_client_set(const ir::Field& field) noexcept;
[[nodiscard]] bool is_foreign_key(const ir::Relation& relation) noexcept;
/// The tenant's own key on a tenanted entity, which nobody wrote.
[[nodiscard]] bool is_tenant_link(const ir::System& system, const ir::Relation& relation);

/// Rows after some days of declared growth, with retention; 0 when the model says nothing.
[[nodiscard]] double rows_after(const ir::Entity& entity, double days);
/// Declared peak of an operation with the design's reserve, per second; 0 when not declared.
[[nodiscard]] double peak_of(const ir::System& system, std::string_view operation);
/// `an `invoice`` or `a `visit``.
[[nodiscard]] std::string with_article(std::string_view name);
/// 50k, 18.3 million: for sentences.
[[nodiscard]] std::string amount_text(double amount);

/// Calls `visit` for an expression and everything below it.
void walk(const cel::ExprPtr& expr, const std::function<void(const cel::Expr&)>& visit);
/// Calls `visit` for every expression of the system, with the place to blame where the expression has none.
void walk_system(const ir::System& system, const std::function<void(const cel::ExprPtr&, const Span&)>& visit);
/// Whether `set` stores a value computed from the row's own former value, such as `row.stock - 1`.
[[nodiscard]] bool is_relative(const ir::Step& step);

}  // namespace kingpost::review
