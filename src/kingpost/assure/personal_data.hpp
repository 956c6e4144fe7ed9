#pragma once

#include <string>
#include <vector>

#include "kingpost/assure/permissions.hpp"

namespace kingpost::assure {

/// A field marked personal or secret, and everything the model says of where its values go.
struct PersonalField {
  ir::EntityId entity;
  ir::FieldId field;
  std::vector<std::string> readers;    ///< `support: always`, `customer: depends`
  std::vector<std::string> contracts;  ///< that show it
  std::vector<std::string> events;     ///< `event.member` that carry it
  std::vector<std::string> sent;       ///< `client.operation.member` that it is sent to
  std::vector<std::string> from;       ///< `client.operation` whose answers are stored in it
  std::string retention;
  std::string deletion;
  std::vector<std::string> open;  ///< what the model leaves undecided, each a sentence
};

/// Fields marked personal or secret, in the model's order. Pure.
[[nodiscard]] std::vector<PersonalField> personal_fields(const ir::System& system, const PermissionMatrix& matrix);

}  // namespace kingpost::assure
