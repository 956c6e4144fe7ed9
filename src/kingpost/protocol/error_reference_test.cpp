#include "kingpost/protocol/error_reference.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

namespace kingpost::protocol {
namespace {

// Where a code is given to an error: the second argument of make_error and fail, the first of sql_error, a refusal's row.
std::set<std::string> codes_in_sources() {
  const std::regex given(R"re((?:ErrorKind::k\w+,\s*|sql_error\(|refused\(|\{\d{3}, )"(kp-[a-z-]+|http-[a-z-]+|PGRST\w+|[0-9PX][0-9A-Z]{4})")re");
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::filesystem::path(KINGPOST_SOURCE_DIR) / "src/kingpost")) {
    const std::string name = entry.path().filename().string();
    const bool source = entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp";
    if (!source || name.ends_with("_test.cpp") || name.starts_with("error_reference")) continue;
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    for (std::sregex_iterator it(text.begin(), text.end(), given), end; it != end; ++it) out.insert((*it)[1]);
  }
  return out;
}

TEST(ErrorReference, EveryCodeThatTheSourcesGiveIsExplained) {
  std::set<std::string> explained;
  for (const ErrorRow& row : error_rows()) {
    EXPECT_TRUE(explained.insert(std::string(row.code)).second) << row.code << " is explained twice";
  }
  const std::set<std::string> given = codes_in_sources();
  EXPECT_GT(given.size(), 80U);
  for (const std::string& code : given) EXPECT_TRUE(explained.contains(code)) << code << " lacks a row in error_reference.cpp";
}

TEST(ErrorReference, AStatusIsFoundAsForARequest) {
  std::map<std::string_view, int> statuses;
  for (const ErrorRow& row : error_rows()) statuses[row.code] = status_of(row);
  EXPECT_EQ(statuses["42501"], 403);
  EXPECT_EQ(statuses["23505"], 409);
  EXPECT_EQ(statuses["23000"], 400);
  EXPECT_EQ(statuses["PGRST116"], 406);
  EXPECT_EQ(statuses["http-version"], 505);
  EXPECT_EQ(statuses["kp-limit-rows"], 400);
}

TEST(ErrorReference, ThePageIsATableOfCells) {
  const std::string page = print_error_reference();
  EXPECT_NE(page.find("| `23505` | 409 |"), std::string::npos);
  EXPECT_NE(page.find("| `kp-no-secret` | KINGPOST_SECRET"), std::string::npos);
}

}  // namespace
}  // namespace kingpost::protocol
