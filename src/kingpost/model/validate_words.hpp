#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/model/tree.hpp"

namespace kingpost::model {

/// The blank-separated words of a text.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

/// Checks a field in one line: a type, then known modifiers, none twice, each with its arguments.
void check_field_words(const Node& node, Diagnostics& diagnostics);
/// Checks a type that stands alone.
void check_type_words(const Node& node, Diagnostics& diagnostics);
/// Checks a relation: many(…) or one(…), then `through`.
void check_relation_words(const Node& node, Diagnostics& diagnostics);

}  // namespace kingpost::model
