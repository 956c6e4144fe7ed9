#include "kingpost/store/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace kingpost::store {
namespace {

/// Two spellings of one file must meet in one lock, so links and dots are resolved first.
std::string lock_path(const std::string& database_path) {
  std::error_code failed;
  const auto resolved = std::filesystem::weakly_canonical(database_path, failed);
  return (failed ? database_path : resolved.string()) + ".lock";
}

std::string holder_of(int descriptor) {
  std::array<char, 128> text{};
  const auto length = pread(descriptor, text.data(), text.size(), 0);
  std::string holder(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  for (const auto byte : holder) {
    if (byte < ' ' || byte > '~') return "another process";
  }
  return holder.empty() ? "another process" : holder;
}

}  // namespace

Result<DatabaseLock> DatabaseLock::acquire(const std::string& database_path, std::string_view purpose) {
  const auto path = lock_path(database_path);
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor < 0) {
    return fail(ErrorKind::kUnavailable, "kp-database-down", "The lock file " + path + " cannot be opened: " + std::strerror(errno) + ".");
  }
  DatabaseLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    auto error = make_error(ErrorKind::kFailedPrecondition, "kp-database-locked",
                            "The database " + database_path + " is in use by " + holder_of(descriptor) + ".");
    error.hint = "Stop the server (or the other command) that uses this file, then run the command again.";
    return fail(std::move(error));
  }
  const auto holder = std::string(purpose) + " (process " + std::to_string(getpid()) + ")\n";
  // Only people read the content, so a failed write costs no more than a vaguer message.
  if (ftruncate(descriptor, 0) == 0) [[maybe_unused]]
    const auto written = pwrite(descriptor, holder.data(), holder.size(), 0);
  return lock;
}

DatabaseLock::DatabaseLock(DatabaseLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DatabaseLock& DatabaseLock::operator=(DatabaseLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DatabaseLock::~DatabaseLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace kingpost::store
