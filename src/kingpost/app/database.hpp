#pragma once

#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/store/store.hpp"

namespace kingpost::app {

/// Which database a URL names. Error kp-database-url.
[[nodiscard]] Result<dialect::Database> database_of(const std::string& url);

/// Before serving: makes the database and its schema when it is new, applies additive changes, refuses others. Takes and releases the
/// writer's lock.
[[nodiscard]] Result<void> migrate_at_start(const std::string& url, const ir::System& system);

/// While serving (--watch): the same through the running store, whose writer alone may write.
[[nodiscard]] Result<void> migrate_served(const std::string& url, const ir::System& system, store::Store& store);

}  // namespace kingpost::app
