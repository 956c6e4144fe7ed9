#pragma once

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/model/grammar.hpp"
#include "kingpost/model/tree.hpp"

namespace kingpost::model {

/// Checks a tree against a rule of the grammar and reports every fault. Diagnostics: unknown-key, missing-key, wrong-shape, bad-name,
/// bad-value, yaml-boolean, field-syntax, unknown-modifier, repeated-modifier, wrong-arguments.
void validate_tree(const Node& node, const Rule& rule, Diagnostics& diagnostics);

}  // namespace kingpost::model
