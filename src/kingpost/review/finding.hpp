#pragma once

#include <optional>
#include <string>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/span.hpp"

namespace kingpost::review {

/// What one rule has to say about one place of a model.
struct Finding {
  std::string rule{};                      ///< stable id, kebab-case
  int number = 0;                          ///< in the catalogue of rules
  Severity severity = Severity::kWarning;  ///< by consequence: error loses data, money or secrets; warning hurts within the declared life
  Span span{};
  std::string message{};           ///< one sentence: what happens, with the model's numbers, and why
  std::string fix{};               ///< what to write instead
  std::optional<TextEdit> edit{};  ///< when the fix is an edit
  std::string evidence{};          ///< the figures or elements that decided; may be empty
};

}  // namespace kingpost::review
