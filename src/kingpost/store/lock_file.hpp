#pragma once

#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"

namespace kingpost::store {

/// The right to write to one SQLite file: an exclusive flock on `<database>.lock`, held until destruction and freed by the kernel when the
/// process dies. Whoever writes to or checkpoints the file takes it first: the server, migrate, seed, restore. The lock file stays behind;
/// its content names the last holder and is for people only.
class DatabaseLock {
 public:
  /// Never waits. `purpose` is one word for the message to the next one who asks: serve, migrate, seed.
  /// Errors: kp-database-locked (failed precondition; names the holder), kp-database-down (the lock file cannot be made).
  [[nodiscard]] static Result<DatabaseLock> acquire(const std::string& database_path, std::string_view purpose);

  DatabaseLock(DatabaseLock&& other) noexcept;
  DatabaseLock& operator=(DatabaseLock&& other) noexcept;
  DatabaseLock(const DatabaseLock&) = delete;
  DatabaseLock& operator=(const DatabaseLock&) = delete;
  ~DatabaseLock();

 private:
  explicit DatabaseLock(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace kingpost::store
