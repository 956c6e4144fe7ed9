#pragma once

#include "kingpost/compile/context.hpp"

namespace kingpost::compile {

/// Hands the faults of one expression on in the model's own words: policies named at their use, inputs and events instead of their record
/// names, and what could be meant where the checker has no proposal. `scope` is null for faults of the syntax.
void report_faults(Context& context, const Text& text, const cel::Scope* scope, const Diagnostics& found);

}  // namespace kingpost::compile
