#include "kingpost/store/test_program.hpp"

#include <sqlite3.h>

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

}  // namespace kingpost::store
