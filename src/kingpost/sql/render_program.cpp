#include <algorithm>

#include "kingpost/sql/sql.hpp"
#include "kingpost/sql/statement.hpp"

namespace kingpost::sql {

Result<Program> render_program(const plan::Plan& plan, const ir::System& system, dialect::Database database, const Limits& limits) {
  Program program;
  program.database = database;
  program.singular = plan.singular;
  if (plan.write) {
    program.lane = Lane::kWrite;
    program.retry = RetryClass::kBeforeCommit;
    program.max_rows = static_cast<std::uint64_t>(std::max(limits.bulk_rows, limits.embed_rows));
    if (auto done = render_write(plan, system, program); !done) return fail(std::move(done.error()));
    return program;
  }
  program.max_rows = static_cast<std::uint64_t>(std::max(limits.page_rows, limits.embed_rows));
  if (auto done = render_read(plan, system, nullptr, program); !done) return fail(std::move(done.error()));
  return program;
}

}  // namespace kingpost::sql
