#pragma once

#include "kingpost/compile/context.hpp"

namespace kingpost::compile {

// The stages in the order compile_model runs them. Each reads the model and what earlier stages put into the system, and reports what it
// finds; none stops the next.

/// Requirements, roles, policies, services, tenancy, and the names of entities, types, events, commands and HTTP clients.
void collect_names(Context& context);
/// Named types, without fields of entities.
void compile_types(Context& context);
/// Every entity's fields with mixins, the default key and the tenant's key; declared keys and uniques.
void compile_fields(Context& context);
/// Declared keys, uniques over several fields, both per tenant.
void compile_keys(Context& context);
/// The types of refs, foreign keys, inverses and many-to-many relations.
void compile_relations(Context& context);
/// Defaults, bounds and state machines.
void compile_defaults(Context& context);
void compile_states(Context& context);
/// Reads the named policies; those that use them write them out.
void parse_policies(Context& context);
/// Checks the policies that nothing used, so that their faults are not kept for the day somebody does. Warning: unused-policy.
void check_unused_policies(Context& context);
/// Computed fields and checks.
void compile_computed(Context& context);
void compile_checks(Context& context);
/// Members of events, command inputs and HTTP operations.
void compile_members(Context& context);
/// Access rules and field policies, with the tenant's predicate in front.
void compile_policies(Context& context);
void compile_queries(Context& context);
/// What each service reads of others.
void compile_uses(Context& context);
/// Explicit indexes, then those that refs and queries ask for.
void compile_indexes(Context& context);
void compile_commands(Context& context);
void compile_sagas(Context& context);
void compile_consumers(Context& context);
void compile_projections(Context& context);
void compile_schedules(Context& context);
void compile_contracts(Context& context);
/// Load, objectives, topology, growth, cache, flags.
void compile_sizing(Context& context);
/// What this version designs and checks but does not run.
void list_not_executed(Context& context);

}  // namespace kingpost::compile
