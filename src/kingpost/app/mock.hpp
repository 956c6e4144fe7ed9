#pragma once

#include <optional>
#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/base/uuid.hpp"
#include "kingpost/identity/token.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::app {

/// A database of invented rows that goes with its owner.
class MockDatabase {
 public:
  /// Makes it in a temporary folder. `rows` as `product=100,order=20`; the others get what suits the model. Errors kp-usage, kp-file, those of
  /// seeding.
  [[nodiscard]] static Result<MockDatabase> make(const ir::System& system, const std::string& rows);

  MockDatabase(MockDatabase&& other) noexcept;
  MockDatabase& operator=(MockDatabase&&) = delete;
  MockDatabase(const MockDatabase&) = delete;
  MockDatabase& operator=(const MockDatabase&) = delete;
  ~MockDatabase();

  [[nodiscard]] std::string url() const { return "sqlite:" + folder_ + "/mock.db"; }
  /// `export TOKEN_ROLE=…` for each role of the model, as a person whom the rows know. Valid for a day.
  [[nodiscard]] std::string print_tokens(const ir::System& system, const identity::TokenAuthority& authority) const;

 private:
  explicit MockDatabase(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
  std::optional<Uuid> tenant_;
};

}  // namespace kingpost::app
