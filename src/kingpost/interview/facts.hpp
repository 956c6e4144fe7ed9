#pragma once

#include <map>
#include <string>
#include <string_view>

namespace kingpost::interview {

/// What the answers say, in the words that conditions use.
struct Facts {
  std::map<std::string, std::string, std::less<>> words;  ///< word → the answer that made it true, `integrations=payments`
  std::map<std::string, double, std::less<>> numbers;     ///< users, peak (requests/s), rows (a day), team, …
  std::map<std::string, std::string, std::less<>> texts;  ///< name, summary, …: printed as they are
};

/// Whether `condition` holds: words joined by blanks (and), `a|b` (or), `!a` (not), `team>=8`, `users<1000`. An empty one holds.
[[nodiscard]] bool holds(std::string_view condition, const Facts& facts);

/// The answers that made a condition true, `tenants=shared, integrations=mail`; words that had to be absent are left out.
[[nodiscard]] std::string reasons(std::string_view condition, const Facts& facts);

/// A count of records or people in the model's notation, rounded to two digits: 1234567 is `1.2M`. At least 1.
[[nodiscard]] std::string print_count(double value);

/// A rate a second, rounded to two digits, at least 0.1.
[[nodiscard]] std::string print_rate(double value);

}  // namespace kingpost::interview
