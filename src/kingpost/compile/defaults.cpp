#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kingpost/base/text.hpp"
#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/types.hpp"

namespace kingpost::compile {
namespace {

bool is_plain_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); });
}

cel::ExprPtr string_literal(std::string text, Span span) {
  cel::Value value;
  value.data = std::move(text);
  return cel::make_literal(std::move(value), cel::make_type(cel::TypeKind::kString), span);
}

/// A quoted default as an expression; moments and spans are written as plain texts.
std::string spelled(const ir::LogicalType& type, const Text& text) {
  if (!text.quoted) return text.text;
  if (type.scalar == ir::Scalar::kTimestamp) return fmt::format("timestamp(\"{}\")", text.text);
  if (type.scalar == ir::Scalar::kDuration) return fmt::format("duration(\"{}\")", text.text);
  std::string literal = "\"";
  for (const char c : text.text) literal += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return literal + '"';
}

cel::ExprPtr read_default(Context& context, const ir::Field& field, const Text& text) {
  if (is_text(field.type.scalar) && (text.quoted || is_plain_word(text.text))) return string_literal(text.text, text.span);
  const Text source{spelled(field.type, text), text.span, false};
  auto checked = compile_expression(context, source, base_scope(context), ir::expression_type(field.type, false, context.system));
  if (checked == nullptr) return nullptr;
  const cel::PartialActivation nothing{[](const cel::Expr&) { return std::optional<Result<cel::Value>>(); }, nullptr};
  auto folded = cel::fold(checked, nothing);
  if (folded != nullptr && folded->kind == cel::ExprKind::kLiteral) return folded;
  report(context, "default-value", text.span, fmt::format("The default of `{}` is not a constant.", field.name),
         field.type.scalar == ir::Scalar::kTimestamp ? "For the time of creation write `created`." : "Write a value, or set the field in a command.");
  return nullptr;
}

/// The constant as the field stores it: a decimal with the field's scale. Empty when the type has no room for it.
cel::ExprPtr fitted(const ir::Field& field, const cel::ExprPtr& literal) {
  const auto* whole = std::get_if<std::int64_t>(&literal->value.data);
  if (field.type.scalar == ir::Scalar::kInt32 && whole != nullptr) {
    const bool fits = *whole >= std::numeric_limits<std::int32_t>::min() && *whole <= std::numeric_limits<std::int32_t>::max();
    return fits ? literal : nullptr;
  }
  if (const auto* text = std::get_if<std::string>(&literal->value.data); text != nullptr && field.type.max_length != 0) {
    return count_code_points(*text) <= field.type.max_length ? literal : nullptr;
  }
  if (field.type.scalar != ir::Scalar::kDecimal) return literal;
  std::optional<Decimal> number;
  if (whole != nullptr) number = Decimal{*whole, 0};
  if (const auto* decimal = std::get_if<Decimal>(&literal->value.data)) number = *decimal;
  if (number) number = rescale(*number, field.type.scale);
  if (!number) return nullptr;
  Int128 most = 1;
  for (std::uint32_t i = 0; i < field.type.precision; ++i) most *= 10;
  if (number->unscaled >= most || number->unscaled <= -most) return nullptr;
  cel::Value value;
  value.data = *number;
  return cel::make_literal(std::move(value), cel::make_decimal(field.type.precision, field.type.scale), literal->span);
}

bool within_bounds(const ir::Field& field, const cel::Value& value) {
  std::optional<Decimal> number;
  if (const auto* whole = std::get_if<std::int64_t>(&value.data)) number = Decimal{*whole, 0};
  if (const auto* decimal = std::get_if<Decimal>(&value.data)) number = *decimal;
  if (!number) return true;
  return (!field.min || compare(*number, *field.min) >= 0) && (!field.max || compare(*number, *field.max) <= 0);
}

void compile_default(Context& context, const FieldSource& source, ir::Field& field) {
  const auto* modifier = source.find("default");
  if (modifier == nullptr || modifier->values.size() != 1) return;
  const auto& text = modifier->values[0];
  if (field.generated != ir::Generated::kNo) {
    report(context, "modifier-place", modifier->span, fmt::format("`{}` is made by the engine, so it needs no default.", field.name),
           "Remove `default`.");
    return;
  }
  field.default_value = read_default(context, field, text);
  if (field.default_value == nullptr) return;
  field.default_value = fitted(field, field.default_value);
  if (field.default_value == nullptr) {
    report(context, "default-value", text.span, fmt::format("The default of `{}` does not fit {}.", field.name, ir::print_logical_type(field.type)),
           "Change the default or the type.");
    return;
  }
  if (!within_bounds(field, field.default_value->value)) {
    report(context, "default-value", text.span, fmt::format("The default of `{}` is outside its own bounds.", field.name),
           "Change the default or the bounds.");
  }
}

}  // namespace

void compile_defaults(Context& context) {
  for (auto& entity : context.system.entities) {
    const auto& sources = context.source(entity.id).fields;
    for (std::size_t i = 0; i < sources.size(); ++i) compile_default(context, sources[i], entity.fields[i]);
  }
}

}  // namespace kingpost::compile
