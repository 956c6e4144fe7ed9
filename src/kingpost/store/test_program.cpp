#include "kingpost/store/test_program.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace kingpost::store {

TestDirectory::TestDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "kingpost-store-XXXXXX").string();
  const char* made = ::mkdtemp(pattern.data());
  path_ = made == nullptr ? std::string{} : std::string(made);
}

TestDirectory::~TestDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

bool make_sqlite_file(const std::string& path, const std::string& script) {
  sqlite3* database = nullptr;
  bool made = sqlite3_open(path.c_str(), &database) == SQLITE_OK;
  made = made && sqlite3_exec(database, script.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
  sqlite3_close(database);
  return made;
}

bool run_postgres_script(const std::string& url, const std::string& script) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, script.c_str());
  const bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
  if (!done) std::fprintf(stderr, "%s\n", PQerrorMessage(connection));
  PQclear(result);
  PQfinish(connection);
  return done;
}

}  // namespace kingpost::store
