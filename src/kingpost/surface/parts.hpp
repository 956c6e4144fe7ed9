#pragma once

#include <vector>

#include "kingpost/surface/surface.hpp"

namespace kingpost::surface {

/// Members of an input, an event or a named type, without their names in other languages.
[[nodiscard]] std::vector<ApiMember> describe_members(const std::vector<ir::Member>& members, const ir::Contract& contract);

/// Adds the named types and enums that the entities, commands and events of `api` use, and no others: an audience must not learn of the rest.
void add_types(const ir::System& system, const ir::Contract& contract, Api& api);

/// Gives types, fields, relations and members the names that other languages take, each unique in its scope.
void assign_names(Api& api);

}  // namespace kingpost::surface
