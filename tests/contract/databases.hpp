#pragma once

#include <memory>
#include <string>

#include "harness.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/wire/message.hpp"

namespace kingpost::contract {

/// What a call came to.
struct Answer {
  wire::HttpResponse response;
  std::size_t statements = 0;
};

/// Something that answers calls over the rows of a suite.
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  /// Puts the suite's rows, and nothing else, into the tables.
  virtual void reset(const Suite& suite) = 0;
  [[nodiscard]] virtual Answer call(const Suite& suite, const Exchange& exchange) = 0;
};

[[nodiscard]] std::unique_ptr<Backend> make_sqlite_backend();
/// Null when there is no PostgreSQL to test against, which is said on standard error.
[[nodiscard]] std::unique_ptr<Backend> make_postgres_backend();
[[nodiscard]] std::unique_ptr<Backend> make_oracle_backend();

/// The INSERT statements of a suite's rows, values as checked literals.
[[nodiscard]] std::string seed_script(const Suite& suite, dialect::Database database);

}  // namespace kingpost::contract
