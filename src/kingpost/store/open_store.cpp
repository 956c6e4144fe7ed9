#include <string_view>

#include "kingpost/store/store.hpp"

namespace kingpost::store {

Result<std::unique_ptr<Store>> open_store(const std::string& url, const Limits& limits) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with(kSqlite)) return open_sqlite(url.substr(kSqlite.size()), limits);
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) return open_postgres(url, limits);
  Error error = make_error(ErrorKind::kInvalidArgument, "kp-database-url", "The database must be sqlite:PATH or postgres://….");
  return fail(std::move(error));
}

}  // namespace kingpost::store
