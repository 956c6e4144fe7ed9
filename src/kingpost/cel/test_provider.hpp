#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/cel/cel.hpp"

namespace kingpost::cel::testing {

/// A small world for tests and fuzzing: a shop and a help desk, as the compiler would present them.
class TestProvider final : public TypeProvider {
 public:
  using Fields = std::vector<std::pair<std::string, Type>>;

  TestProvider() {
    const Type uuid = make_type(TypeKind::kUuid);
    const Type text = make_type(TypeKind::kString);
    const Type number = make_type(TypeKind::kInt);
    const Type time = make_type(TypeKind::kTimestamp);
    const Type some_text = make_type(TypeKind::kString, true);
    records_["auth"] = {{"uid", uuid}, {"tenant", uuid}, {"role", text}};
    records_["user"] = {{"id", uuid}, {"email", text}};
    records_["organisation"] = {{"id", uuid}, {"name", text}, {"plan", make_enum("organisation_plan")}};
    records_["product"] = {{"id", uuid},
                           {"sku", text},
                           {"name", text},
                           {"price", make_decimal(12, 2)},
                           {"cost", make_decimal(12, 2, true)},
                           {"weight", make_type(TypeKind::kDouble, true)},
                           {"released", make_type(TypeKind::kDate)},
                           {"attributes", make_type(TypeKind::kJson, true)},
                           {"created_at", time}};
    records_["stock_level"] = {{"product", make_record("product")}, {"available", number}};
    records_["reservation"] = {{"id", uuid}, {"order_ref", uuid}, {"product", make_record("product")}, {"quantity", number}};
    records_["cart"] = {{"id", uuid}, {"customer", make_record("user")}, {"updated_at", time}, {"items", many("cart_item")}};
    records_["cart_item"] = {
        {"id", uuid}, {"cart", make_record("cart")}, {"product", make_record("product")}, {"quantity", number}, {"updated_at", time}};
    records_["order"] = {{"id", uuid},
                         {"customer", make_record("user")},
                         {"status", make_enum("order_status")},
                         {"total", make_decimal(14, 2)},
                         {"note", some_text},
                         {"card_hint", some_text},
                         {"created_at", time},
                         {"items", many("order_item")}};
    records_["order_item"] = {{"id", uuid},
                              {"order", make_record("order")},
                              {"product", make_record("product")},
                              {"quantity", number},
                              {"unit_price", make_decimal(12, 2)}};
    records_["order_line"] = {{"product", uuid}, {"quantity", number}};
    records_["ticket"] = {{"id", uuid},
                          {"number", number},
                          {"status", make_enum("ticket_status")},
                          {"author", make_record("user")},
                          {"assignee", make_record("user", true)},
                          {"labels", many("label")},
                          {"messages", many("message")},
                          {"created_at", time}};
    records_["label"] = {{"id", uuid}, {"name", text}};
    records_["ticket_label"] = {{"ticket", make_record("ticket")}, {"label", make_record("label")}};
    Type attachments = make_list(text);
    attachments.nullable = true;
    records_["message"] = {{"id", uuid}, {"ticket", make_record("ticket")}, {"author", make_record("user")}, {"attachments", attachments}};
    records_["place_order"] = {{"cart", make_record("cart")}, {"note", some_text}};
    records_["reserve_stock"] = {{"order", uuid}, {"lines", make_list(make_record("order_line"))}};
    records_["close_ticket"] = {{"ticket", make_record("ticket")}};
    records_["order_placed"] = {{"order", uuid}, {"customer", uuid}, {"total", make_decimal(14, 2)}, {"lines", make_list(make_record("order_line"))}};
    enums_["order_status"] = {"placed", "paid", "shipped", "delivered", "cancelled"};
    enums_["ticket_status"] = {"open", "waiting", "closed"};
    enums_["organisation_plan"] = {"free", "team", "enterprise"};
  }

  [[nodiscard]] std::optional<Type> field(std::string_view record, std::string_view field) const override {
    const auto found = records_.find(record);
    if (found == records_.end()) return std::nullopt;
    for (const auto& [name, type] : found->second) {
      if (name == field) return type;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<std::string> field_names(std::string_view record) const override {
    std::vector<std::string> names;
    const auto found = records_.find(record);
    if (found == records_.end()) return names;
    for (const auto& [name, type] : found->second) names.push_back(name);
    return names;
  }
  [[nodiscard]] std::optional<Type> key_of(std::string_view record) const override {
    if (record == "stock_level") return make_type(TypeKind::kUuid);
    return field(record, "id");
  }
  [[nodiscard]] bool enum_has(std::string_view enumeration, std::string_view value) const override {
    const auto found = enums_.find(enumeration);
    return found != enums_.end() && std::find(found->second.begin(), found->second.end(), value) != found->second.end();
  }
  [[nodiscard]] std::vector<std::string> enum_values(std::string_view enumeration) const override {
    const auto found = enums_.find(enumeration);
    return found == enums_.end() ? std::vector<std::string>() : found->second;
  }

 private:
  static Type many(std::string record) { return make_list(make_record(std::move(record)), true); }

  std::map<std::string, Fields, std::less<>> records_;
  std::map<std::string, std::vector<std::string>, std::less<>> enums_;
};

/// Names in scope for `row` of one record, for tests: row, new, old, input, auth, placed, event, line, reservation.
inline Scope make_scope(const TestProvider& provider, const std::string& row, const std::string& input = "place_order") {
  Scope scope;
  scope.provider = &provider;
  scope.names = {{"row", make_record(row)},
                 {"new", make_record(row)},
                 {"old", make_record(row)},
                 {"auth", make_record("auth")},
                 {"input", make_record(input)},
                 {"placed", make_record("order")},
                 {"event", make_record("order_placed")},
                 {"item", make_record("cart_item")},
                 {"line", make_record("order_line")},
                 {"r", make_record("reservation")},
                 {"reservation", make_list(make_record("reservation"), true)}};
  scope.roles = std::vector<std::string>{"customer", "merchant", "support", "agent", "manager"};
  scope.aggregates = row == "ticket";
  return scope;
}

}  // namespace kingpost::cel::testing
