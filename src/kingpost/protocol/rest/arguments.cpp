#include "kingpost/protocol/rest/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/decimal.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/protocol/rest/body.hpp"

namespace kingpost::protocol::rest {

namespace {

/// Why a value does not fit its member; empty when it does.
std::optional<FieldError> misfit(const ir::Member& member, const RawValue& value, const ir::System& system) {
  const std::string pointer = "/" + member.name;
  if (value.kind == RawValue::Kind::kAbsent || value.kind == RawValue::Kind::kNull) {
    if (member.nullable) return std::nullopt;
    return FieldError{pointer, "23502", fmt::format("`{}` is required", member.name)};
  }
  const auto datum = dialect::encode(value, member.type, ir::default_storage(member.type), {&system, dialect::Database::kPostgres});
  if (!datum) return FieldError{pointer, datum.error().code, datum.error().message};
  if (!member.min && !member.max) return std::nullopt;
  const auto number = parse_decimal(value.text);
  if (number && member.min && compare(*number, *member.min) < 0)
    return FieldError{pointer, "23514", fmt::format("`{}` must be at least {}", member.name, print_decimal(*member.min))};
  if (number && member.max && compare(*number, *member.max) > 0)
    return FieldError{pointer, "23514", fmt::format("`{}` must be at most {}", member.name, print_decimal(*member.max))};
  return std::nullopt;
}

}  // namespace

Result<void> check_arguments(std::string_view body, const ir::Command& command, const ir::System& system, const Limits& limits) {
  request::Request request;
  if (auto read = parse_json_rows(body.empty() ? "{}" : body, limits, request); !read) return read;
  if (request.rows_are_array) return fail(ErrorKind::kInvalidArgument, "PGRST102", "The arguments of a command are one JSON object");
  Error refused = make_error(ErrorKind::kInvalidArgument, "kp-arguments", fmt::format("The arguments do not fit the command {}", command.name));
  for (const std::string& column : request.rows.columns) {
    const bool known = std::any_of(command.input.begin(), command.input.end(), [&](const ir::Member& member) { return member.name == column; });
    if (!known) refused.errors.push_back({"/" + column, "PGRST202", fmt::format("{} takes no `{}`", command.name, column)});
  }
  for (const ir::Member& member : command.input) {
    RawValue value{RawValue::Kind::kAbsent, {}};
    for (std::size_t at = 0; at < request.rows.columns.size(); ++at) {
      if (request.rows.columns[at] == member.name) value = request.rows.cell(0, at);
    }
    if (auto why = misfit(member, value, system)) refused.errors.push_back(std::move(*why));
  }
  if (refused.errors.empty()) return {};
  return fail(std::move(refused));
}

}  // namespace kingpost::protocol::rest
