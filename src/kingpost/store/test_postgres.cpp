#include "kingpost/store/test_postgres.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

namespace kingpost::store {
namespace {

constexpr const char* kBinaries = "/usr/lib/postgresql/15/bin/";
constexpr int kStartTries = 400;
constexpr useconds_t kStartPauseUs = 25'000;

/// Starts a program of PostgreSQL, as the user postgres when asked; its output goes to `log`. -1 when it cannot be started.
pid_t spawn(const std::vector<std::string>& words, bool as_postgres, const std::string& log) {
  const auto program = kBinaries + words.front();
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));  // execv wants char*
  arguments.push_back(nullptr);
  const auto* user = as_postgres ? getpwnam("postgres") : nullptr;
  const pid_t pid = fork();
  if (pid != 0) return pid;
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
  // Set after the user changed, which clears it: the server must not outlive a killed test.
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (out >= 0) {
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
  }
  if (chdir("/") != 0) _exit(126);
  setenv("LC_ALL", "C.UTF-8", 1);
  execv(program.c_str(), arguments.data());
  _exit(127);
}

bool run(const std::vector<std::string>& words, bool as_postgres, const std::string& log) {
  const pid_t pid = spawn(words, as_postgres, log);
  int status = 0;
  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void say_skipped(const std::string& reason) { std::fprintf(stderr, "[  SKIPPED ] *** PostgreSQL is NOT tested here: %s ***\n", reason.c_str()); }

}  // namespace

std::unique_ptr<TestPostgres> TestPostgres::start() {
  const char* wish = std::getenv("KINGPOST_TEST_POSTGRES");
  if (wish != nullptr && std::string_view(wish) == "skip") {
    say_skipped("KINGPOST_TEST_POSTGRES=skip");
    return nullptr;
  }
  if (access((std::string(kBinaries) + "postgres").c_str(), X_OK) != 0) {
    say_skipped("PostgreSQL 15 is not installed");
    return nullptr;
  }
  const bool as_postgres = geteuid() == 0;
  const auto* user = as_postgres ? getpwnam("postgres") : nullptr;
  // Directly under /tmp: a unix socket's path has at most 107 bytes, and the user postgres must reach it.
  std::string directory = "/tmp/kingpost-pg-XXXXXX";
  if ((as_postgres && user == nullptr) || mkdtemp(directory.data()) == nullptr) {
    say_skipped("no user postgres, or /tmp is not writable");
    return nullptr;
  }
  if (user != nullptr && chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0) return nullptr;
  std::unique_ptr<TestPostgres> server(new TestPostgres(directory, as_postgres));
  const bool made =
      run({"initdb", "-D", directory + "/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"},
          as_postgres, directory + "/initdb.log");
  if (!made || !server->launch()) {
    say_skipped("the test cluster did not start; run initdb by hand to see why");
    return nullptr;
  }
  return server;
}

TestPostgres::~TestPostgres() {
  stop(SIGQUIT);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

bool TestPostgres::launch() {
  const auto log = directory_ + "/server.log";
  pid_ = spawn({"postgres", "-D", directory_ + "/data", "-k", directory_, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=50",
                "-c", "shared_buffers=16MB", "-c", "jit=off"},
               as_postgres_, log);
  for (int i = 0; pid_ > 0 && i < kStartTries; ++i) {
    if (run({"pg_isready", "-q", "-h", directory_, "-U", "postgres"}, as_postgres_, log)) return true;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
    usleep(kStartPauseUs);
  }
  return false;
}

void TestPostgres::stop(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool TestPostgres::crash_and_restart() {
  stop(SIGQUIT);
  return launch();
}

std::string TestPostgres::url(const std::string& name) const { return "postgresql:///" + name + "?host=" + directory_ + "&user=postgres"; }

std::string TestPostgres::create_database(const std::string& name) const {
  const bool made = run({"createdb", "-h", directory_, "-U", "postgres", name}, as_postgres_, directory_ + "/server.log");
  return made ? url(name) : std::string();
}

}  // namespace kingpost::store
