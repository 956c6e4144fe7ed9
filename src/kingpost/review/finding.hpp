#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/model_edit.hpp"
#include "kingpost/base/span.hpp"

namespace kingpost::review {

/// What one rule has to say about one place of a model or of a foreign file.
struct Finding {
  std::string rule{};                      ///< stable id, kebab-case
  int number = 0;                          ///< in the catalogue of rules
  Severity severity = Severity::kWarning;  ///< by consequence: error loses data, money or secrets; warning hurts within the declared life
  Span span{};
  std::string message{};               ///< one sentence: what happens, with the model's numbers, and why
  std::string fix{};                   ///< what to write instead
  std::optional<TextEdit> edit{};      ///< when the fix is an edit of text
  std::string evidence{};              ///< the figures or elements that decided; may be empty
  std::string element{};               ///< what it is about, by name: `order.customer`; with the rule's id it names the finding in a lock file
  std::vector<ModelEdit> edits{};      ///< when the fix is an edit of the model: all of them together
  std::vector<TextEdit> text_edits{};  ///< the same as text, once whoever holds the text has made them
  std::string accepted{};              ///< why it was accepted; empty when it was not
};

}  // namespace kingpost::review
