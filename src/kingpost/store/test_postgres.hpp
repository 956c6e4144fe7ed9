#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

namespace kingpost::store {

/// A private PostgreSQL 15 cluster for tests: a fresh directory, a unix socket in it, no network. It ends with the object, and with the
/// process when that is killed. Runs as the system user `postgres` when the tests run as root, because initdb refuses root.
/// List test_postgres.cpp among the TESTS of the room that uses it. One thread at a time.
class TestPostgres {
 public:
  /// Null when there is nothing to test against: then the reason is printed on standard error, and with KINGPOST_TEST_POSTGRES=skip that is
  /// the wish. Takes one or two seconds.
  [[nodiscard]] static std::unique_ptr<TestPostgres> start();

  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;
  ~TestPostgres();

  /// A libpq URL of the database `name`; `postgres` always exists.
  [[nodiscard]] std::string url(const std::string& name = "postgres") const;
  /// Creates an empty database (UTF8, collation C) and answers its URL; empty when that failed.
  [[nodiscard]] std::string create_database(const std::string& name) const;
  /// Kills the server as a crash would, and starts it again over the same files.
  [[nodiscard]] bool crash_and_restart();

 private:
  TestPostgres(std::string directory, bool as_postgres) : directory_(std::move(directory)), as_postgres_(as_postgres) {}
  [[nodiscard]] bool launch();
  void stop(int signal);

  std::string directory_;
  bool as_postgres_ = false;
  pid_t pid_ = -1;
};

}  // namespace kingpost::store
