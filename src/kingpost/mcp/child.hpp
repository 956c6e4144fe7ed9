#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/result.hpp"

namespace kingpost::mcp {

/// A command in a process group of its own, with its two outputs as pipes that do not block. Standard input is empty.
class Child {
 public:
  /// Starts `program` with `arguments` in the folder `directory`. Error `kp-mcp-spawn`.
  [[nodiscard]] static Result<Child> start(const std::string& program, const std::vector<std::string>& arguments, const std::string& directory);

  Child(Child&& other) noexcept;
  Child& operator=(Child&& other) = delete;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  /// Ends what still runs.
  ~Child();

  [[nodiscard]] int output_fd() const noexcept { return fds_[0]; }
  [[nodiscard]] int notes_fd() const noexcept { return fds_[1]; }
  /// Takes what is there; keeps at most kMaxOutputBytes of each and says so at the end. `fd` is one of the two.
  void read_some(int fd);
  /// Both outputs have ended.
  [[nodiscard]] bool ended() const noexcept { return fds_[0] < 0 && fds_[1] < 0; }
  /// SIGKILL to the whole group.
  void kill_group() noexcept;
  /// Waits for the end; the exit code, or 128 + the signal. Once.
  [[nodiscard]] int wait() noexcept;
  [[nodiscard]] std::string take_output();
  [[nodiscard]] std::string take_notes();

  static constexpr std::size_t kMaxOutputBytes = 2U << 20;

 private:
  Child(pid_t pid, int output, int notes) : pid_(pid), fds_{output, notes} {}

  pid_t pid_;
  int fds_[2];
  std::string texts_[2];
  bool cut_[2] = {false, false};
};

}  // namespace kingpost::mcp
