#pragma once

#include <cstdint>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/model/grammar.hpp"
#include "kingpost/model/tree.hpp"

namespace kingpost::model {

/// A tree that ends at a syntax error is not complete: missing keys are not reported, because they may stand in the unread rest.
enum class TreeState : std::uint8_t { kComplete, kTorn };

/// Checks a tree against a rule of the grammar and reports every fault. Diagnostics: unknown-key, missing-key, wrong-shape, bad-name,
/// bad-value, yaml-boolean, field-syntax, unknown-modifier, repeated-modifier, wrong-arguments, unknown-type, wrong-relation.
void validate_tree(const Node& node, const Rule& rule, TreeState state, Diagnostics& diagnostics);

}  // namespace kingpost::model
