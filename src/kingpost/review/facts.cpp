#include "kingpost/review/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kingpost/cel/cel.hpp"

namespace kingpost::review {

void Report::add(Finding finding) {
  finding.rule = rule_;
  finding.number = number_;
  findings_->push_back(std::move(finding));
}

ModelEdit edit_set(const Span& anchor, std::vector<std::string> path, std::string key, std::string text) {
  return {ModelEdit::Kind::kSet, anchor, std::move(path), std::move(key), std::move(text)};
}
ModelEdit edit_item(const Span& anchor, std::vector<std::string> path, std::string key, std::string text) {
  return {ModelEdit::Kind::kItem, anchor, std::move(path), std::move(key), std::move(text)};
}
ModelEdit edit_word(const Span& field, std::string text) { return {ModelEdit::Kind::kWord, field, {}, {}, std::move(text)}; }
ModelEdit edit_type(const Span& field, std::string text) { return {ModelEdit::Kind::kType, field, {}, {}, std::move(text)}; }
ModelEdit edit_remove(const Span& anchor) { return {ModelEdit::Kind::kRemove, anchor, {}, {}, {}}; }

bool is_one_of(std::string_view name, std::string_view words) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == name) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool has_word(std::string_view name, std::string_view words) {
  while (!name.empty()) {
    const auto end = std::min(name.find('_'), name.size());
    if (is_one_of(name.substr(0, end), words)) return true;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return false;
}

bool names_money(std::string_view name) {
  return has_word(name,
                  "price cost amount total subtotal fee balance salary tax discount charge payment refund deposit revenue budget wage "
                  "bonus credit debit commission") &&
         !has_word(name, "rate percent ratio count factor hours minutes days weight distance score points quantity items id at");
}

bool names_personal(std::string_view name) {
  return is_one_of(name,
                   "birthday ssn iban salary diagnosis allergies passport ip_address birth_date date_of_birth national_id passport_number "
                   "insurance_number social_security_number medical_notes");
}

bool names_contact(std::string_view name) {
  return is_one_of(name, "email e_mail phone mobile address street") || name.ends_with("_email") || name.ends_with("_phone") ||
         name.ends_with("_address");
}

bool is_about_person(const ir::System& system, const ir::Entity& entity) {
  if (entity.id == system.user || is_one_of(entity.name, "person patient customer employee contact member guest driver student subscriber"))
    return true;
  return std::any_of(entity.relations.begin(), entity.relations.end(), [&](ir::RelationId id) {
    const auto& relation = system.relation(id);
    return is_foreign_key(relation) && relation.to == system.user;
  });
}

std::string with_article(std::string_view name) {
  const bool vowel = !name.empty() && std::string_view("aeiou").find(name.front()) != std::string_view::npos && !name.starts_with("us");
  return fmt::format("{} `{}`", vowel ? "an" : "a", name);
}

bool names_secret(std::string_view name) {
  return is_one_of(name, "password passwd password_hash secret api_key apikey token access_token refresh_token private_key pin cvv card_number") ||
         name.ends_with("_secret") || name.ends_with("_password") || name.ends_with("_api_key");
}

bool is_reachable(const ir::Entity& entity) noexcept {
  const auto& access = entity.access;
  return !entity.built_in && !access.engine_only &&
         (access.read != nullptr || access.create != nullptr || access.update != nullptr || access.remove != nullptr);
}

bool is_client_set(const ir::Field& field) noexcept {
  const bool made =
      field.generated == ir::Generated::kCreatedAt || field.generated == ir::Generated::kUpdatedAt || field.generated == ir::Generated::kVersion;
  return field.stored() && !made && field.write_policy == nullptr;
}

bool is_foreign_key(const ir::Relation& relation) noexcept { return relation.kind == ir::RelationKind::kToOne && !relation.reverse; }

bool is_tenant_link(const ir::System& system, const ir::Relation& relation) {
  const auto& holder = system.entity(relation.from);
  return holder.tenanted && !relation.from_fields.empty() && relation.from_fields.back() == holder.tenant_field;
}

double rows_after(const ir::Entity& entity, double days) {
  if (!entity.growth) return 0;
  const auto& growth = *entity.growth;
  const double kept = growth.keep_days > 0 ? std::min(days, static_cast<double>(growth.keep_days)) : days;
  return static_cast<double>(growth.rows) + growth.per_day * kept;
}

double peak_of(const ir::System& system, std::string_view operation) {
  if (!system.load) return 0;
  double sum = 0;
  for (const auto& peak : system.load->peaks) sum += peak.operation == operation ? peak.per_second : 0;
  return sum * system.load->multiply;
}

std::string amount_text(double amount) {
  const auto trimmed = [](double value) {
    auto text = fmt::format("{:.1f}", value);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
  };
  if (amount >= 1e9) return trimmed(amount / 1e9) + " billion";
  if (amount >= 1e6) return trimmed(amount / 1e6) + " million";
  if (amount >= 1e4) return trimmed(amount / 1e3) + "k";
  return trimmed(amount);
}

void walk(const cel::ExprPtr& expr, const std::function<void(const cel::Expr&)>& visit) {
  if (expr == nullptr) return;
  visit(*expr);
  for (const auto& arg : expr->args) walk(arg, visit);
}

namespace {

using Visit = std::function<void(const cel::ExprPtr&, const Span&)>;

void walk_step(const ir::Step& step, const Visit& visit) {
  for (const auto* expr : {&step.target, &step.each, &step.where}) visit(*expr, step.span);
  for (const auto* list : {&step.set, &step.undo_with}) {
    for (const auto& assignment : *list) visit(assignment.value, assignment.span);
  }
}

void walk_entity(const ir::Entity& entity, const Visit& visit) {
  const auto& access = entity.access;
  for (const auto* expr : {&access.read, &access.create, &access.update, &access.remove}) visit(*expr, entity.span);
  for (const auto& check : entity.checks) visit(check.condition, check.span);
  for (const auto& field : entity.fields) {
    for (const auto* expr : {&field.default_value, &field.computed, &field.read_policy, &field.write_policy}) visit(*expr, field.span);
  }
}

}  // namespace

void walk_system(const ir::System& system, const Visit& visit) {
  const Visit present = [&](const cel::ExprPtr& expr, const Span& place) {
    if (expr != nullptr) visit(expr, expr->span.known() ? expr->span : place);
  };
  for (const auto& entity : system.entities) walk_entity(entity, present);
  for (const auto& command : system.commands) {
    present(command.allow, command.span);
    for (const auto& step : command.steps) walk_step(step, present);
    present(command.returns, command.span);
  }
  for (const auto& saga : system.sagas) {
    for (const auto& step : saga.steps) walk_step(step, present);
    if (saga.on_failed) walk_step(*saga.on_failed, present);
  }
  for (const auto& consumer : system.consumers) walk_step(consumer.step, present);
  for (const auto& schedule : system.schedules) walk_step(schedule.step, present);
}

bool is_relative(const ir::Step& step) {
  return step.kind == ir::StepKind::kUpdate && std::any_of(step.set.begin(), step.set.end(), [](const ir::Assignment& assignment) {
           return assignment.value != nullptr && cel::mentions(*assignment.value, "row");
         });
}

}  // namespace kingpost::review
