#pragma once

#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/dialect/schema.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/migrate/migrate.hpp"
#include "kingpost/store/store.hpp"

namespace kingpost::app {

/// What the database at `url` should have for this model. Errors kp-database-url and those of build_schema.
[[nodiscard]] Result<dialect::RelationalSchema> wanted_schema(const std::string& url, const ir::System& system);

/// What the history will say of a migration made now.
[[nodiscard]] migrate::Options migration_options(const dialect::RelationalSchema& wanted);

/// Applies the schema under the writer's lock. A SQLite file that Kingpost never saw is taken as it is when the model says exactly what its
/// catalogue says (an imported one).
[[nodiscard]] Result<migrate::Applied> apply_schema(const std::string& url, const dialect::RelationalSchema& wanted);

/// Before serving: makes the database and its schema when it is new, applies additive changes, refuses others.
[[nodiscard]] Result<void> migrate_at_start(const std::string& url, const ir::System& system);

/// While serving (--watch): the same through the running store, whose writer alone may write.
[[nodiscard]] Result<void> migrate_served(const std::string& url, const ir::System& system, store::Store& store);

}  // namespace kingpost::app
