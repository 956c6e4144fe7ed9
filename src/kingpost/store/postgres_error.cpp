#include "kingpost/store/postgres_error.hpp"

#include <fmt/format.h>

#include <optional>

#include "kingpost/store/sql_error.hpp"

namespace kingpost::store {
namespace {

/// "Key (a, b)=(1, 2) already exists." becomes "Key (a, b) already exists."; anything of another form is dropped.
std::optional<std::string> without_values(std::string_view detail) {
  constexpr std::string_view kPrefix = "Key (";
  constexpr std::string_view kEquals = ")=(";
  if (!detail.starts_with(kPrefix)) return std::nullopt;
  const std::size_t equals = detail.find(kEquals);
  if (equals == std::string_view::npos) return std::nullopt;
  // What follows the values is fixed text, so the search runs from the end, where no value can imitate it.
  for (const std::string_view ending :
       {std::string_view(") already exists."), std::string_view(") is not present in table "), std::string_view(") conflicts with existing key")}) {
    const std::size_t at = detail.rfind(ending);
    if (at == std::string_view::npos || at < equals) continue;
    std::string_view rest = detail.substr(at + 1);
    if (ending.starts_with(") conflicts")) rest = " conflicts with an existing key.";
    return fmt::format("{}{}", detail.substr(0, equals + 1), rest);
  }
  return std::nullopt;
}

}  // namespace

Error postgres_error(const PostgresFault& fault) {
  if (fault.sqlstate == "57014") return deadline_error();
  Error error = sql_error(fault.sqlstate, fault.message);
  if (fault.sqlstate == "23503") {
    // The server's own text names the referring table, which the caller may not be allowed to know.
    error.message = fault.message.starts_with("update or delete") ? "update or delete violates a foreign key constraint"
                                                                  : "insert, update or delete violates a foreign key constraint";
  }
  if (fault.sqlstate.starts_with("23")) error.details = without_values(fault.detail);
  return error;
}

Error database_down_error(std::string_view reason) {
  while (!reason.empty() && (reason.back() == '\n' || reason.back() == '.')) reason.remove_suffix(1);
  return make_error(ErrorKind::kUnavailable, "kp-database-down", fmt::format("The database does not answer: {}.", reason));
}

}  // namespace kingpost::store
