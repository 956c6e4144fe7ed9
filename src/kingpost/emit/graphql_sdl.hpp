#pragma once

#include <string>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// The GraphQL schema of one contract for one audience: rows, lists and mutations under Hasura's names, Relay's `node` and connections over types
/// of their own (`…Node`, whose `id` is global), commands as mutations, live queries as subscriptions. Valid for graphql-js whatever the names
/// are; deterministic to the byte. Thread-safe.
[[nodiscard]] std::string print_graphql(const surface::Api& api);

}  // namespace kingpost::emit
