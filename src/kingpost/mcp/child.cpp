#include "kingpost/mcp/child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace kingpost::mcp {

namespace {

/// posix_spawn's two parameter blocks, ended in every case.
struct SpawnSettings {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

void close_all(std::array<int, 4>& fds) {
  for (int& fd : fds) {
    if (fd >= 0) close(fd);
    fd = -1;
  }
}

}  // namespace

Result<Child> Child::start(const std::string& program, const std::vector<std::string>& arguments, const std::string& directory) {
  std::array<int, 4> fds = {-1, -1, -1, -1};
  if (pipe2(fds.data(), O_CLOEXEC) != 0 || pipe2(fds.data() + 2, O_CLOEXEC) != 0) {
    const int code = errno;
    close_all(fds);
    return fail(ErrorKind::kUnavailable, "kp-mcp-spawn", std::strerror(code));
  }
  SpawnSettings settings;
  posix_spawn_file_actions_addopen(&settings.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&settings.actions, fds[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&settings.actions, fds[3], STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&settings.actions, directory.c_str());
  posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&settings.attributes, 0);
  std::vector<std::string> words = {program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int code = posix_spawn(&pid, program.c_str(), &settings.actions, &settings.attributes, argv.data(), environ);
  if (code != 0) {
    close_all(fds);
    return fail(ErrorKind::kUnavailable, "kp-mcp-spawn", std::strerror(code));
  }
  close(fds[1]);
  close(fds[3]);
  fcntl(fds[0], F_SETFL, O_NONBLOCK);
  fcntl(fds[2], F_SETFL, O_NONBLOCK);
  return Child(pid, fds[0], fds[2]);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {
  for (std::size_t at = 0; at < 2; ++at) {
    fds_[at] = std::exchange(other.fds_[at], -1);
    texts_[at] = std::move(other.texts_[at]);
    cut_[at] = other.cut_[at];
  }
}

Child::~Child() {
  kill_group();
  static_cast<void>(wait());
  for (const int fd : fds_) {
    if (fd >= 0) close(fd);
  }
}

void Child::read_some(int fd) {
  const std::size_t which = fd == fds_[0] ? 0 : 1;
  std::array<char, 65'536> buffer;
  const ssize_t got = read(fds_[which], buffer.data(), buffer.size());
  if (got > 0) {
    const std::size_t room = kMaxOutputBytes - texts_[which].size();
    const auto count = static_cast<std::size_t>(got);
    texts_[which].append(buffer.data(), count < room ? count : room);
    cut_[which] = cut_[which] || count > room;
  } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
    close(fds_[which]);
    fds_[which] = -1;
  }
}

void Child::kill_group() noexcept {
  if (pid_ > 0) kill(-pid_, SIGKILL);
}

int Child::wait() noexcept {
  if (pid_ <= 0) return 0;
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Child::take_output() { return std::move(texts_[0]) + (cut_[0] ? "\n[cut here: the output is longer than 2 MiB]\n" : ""); }
std::string Child::take_notes() { return std::move(texts_[1]) + (cut_[1] ? "\n[cut here: the output is longer than 2 MiB]\n" : ""); }

}  // namespace kingpost::mcp
