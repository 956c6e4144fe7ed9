#include "layers.hpp"

#include <gtest/gtest.h>

namespace kingpost::house {
namespace {

constexpr std::string_view kSmall = R"(
room base:          # nothing
room cel:           # expressions
room ir: cel        # system
room store: ir      # database
header sqlite3.h in store files 1  # heavy
header <thread> in store           # threads
header <regex> in                  # nobody
)";

std::vector<std::string> rules_of(const std::vector<Violation>& violations) {
  std::vector<std::string> rules;
  for (const Violation& v : violations) rules.push_back(v.rule);
  return rules;
}

std::vector<std::string> check(const SourceTree& tree) {
  std::vector<Violation> violations;
  const Layers layers = read_layers(kSmall, violations);
  EXPECT_TRUE(violations.empty()) << print_violations(violations);
  return rules_of(check_layers(tree, layers));
}

std::vector<std::string> table_violations(std::string_view text) {
  std::vector<Violation> violations;
  const Layers layers = read_layers(text, violations);
  (void)layers;
  return rules_of(violations);
}

using Rules = std::vector<std::string>;

TEST(Layers, TheRepositoryObeysItsTable) {
  const SourceTree tree = read_source_tree(KINGPOST_SOURCE_DIR);
  std::vector<Violation> violations;
  const Layers layers = read_layers(tree.at("tests/house/layers.txt"), violations);
  EXPECT_TRUE(violations.empty()) << print_violations(violations);
  const auto found = check_layers(tree, layers);
  EXPECT_TRUE(found.empty()) << print_violations(found);
}

TEST(Layers, AllowedIncludesPass) {
  EXPECT_EQ(check({{"src/kingpost/ir/a.hpp", "#include <vector>\n#include \"kingpost/cel/cel.hpp\"\n#include \"kingpost/base/error.hpp\"\n"},
                   {"src/kingpost/ir/a_test.cpp", "#include \"kingpost/store/store.hpp\"\n"},
                   {"src/kingpost/ir/CMakeLists.txt", "kp_room(ir\n  SOURCES a.cpp\n  ROOMS base cel\n  LIBS fmt::fmt)\n"},
                   {"src/kingpost/store/a.cpp", "#include <sqlite3.h>\n#include <thread>\n"}}),
            Rules{});
}

TEST(Layers, AnIncludeAgainstTheDataSWayIsFound) {
  EXPECT_EQ(check({{"src/kingpost/cel/a.cpp", "#include \"kingpost/ir/system.hpp\"\n"}}), Rules{"layers-include"});
  EXPECT_EQ(check({{"src/kingpost/cel/deep/a.hpp", "  #  include <kingpost/store/store.hpp>\n"}}), Rules{"layers-include"});
}

TEST(Layers, ADependencyInCmakeAgainstTheTableIsFound) {
  EXPECT_EQ(check({{"src/kingpost/ir/CMakeLists.txt", "kp_room(ir SOURCES a.cpp ROOMS base store LIBS fmt::fmt)\n"}}), Rules{"layers-cmake"});
}

TEST(Layers, ARoomWithoutALineIsFoundOnce) {
  EXPECT_EQ(check({{"src/kingpost/attic/a.cpp", ""}, {"src/kingpost/attic/b.cpp", ""}}), Rules{"layers-room"});
}

TEST(Layers, HeavyHeadersAreKeptInTheirRoomsAndInFewFiles) {
  EXPECT_EQ(check({{"src/kingpost/ir/a.cpp", "#include <sqlite3.h>\n"}}), Rules{"layers-header"});
  EXPECT_EQ(check({{"src/kingpost/ir/a.cpp", "#include <thread>\n"}}), Rules{"layers-header"});
  EXPECT_EQ(check({{"src/kingpost/store/a.cpp", "#include <regex>\n"}}), Rules{"layers-header"});
  EXPECT_EQ(check({{"src/kingpost/store/a.cpp", "#include <sqlite3.h>\n"}, {"src/kingpost/store/b.cpp", "#include <sqlite3.h>\n"}}),
            Rules{"layers-header"});
}

TEST(Layers, HeavyHeadersAreFoundThroughOurOwnHeaders) {
  SourceTree tree = {{"src/kingpost/store/inner.hpp", "#include <sqlite3.h>\n"},
                     {"src/kingpost/store/a.cpp", "#include \"kingpost/store/inner.hpp\"\n"}};
  EXPECT_EQ(check(tree), Rules{});
  tree["src/kingpost/store/b.cpp"] = "#include \"kingpost/store/inner.hpp\"\n";
  EXPECT_EQ(check(tree), Rules{"layers-header"});
  EXPECT_EQ(check({{"src/kingpost/ir/inner.hpp", "#include <regex>\n"}, {"src/kingpost/store/a.cpp", "#include \"kingpost/ir/inner.hpp\"\n"}}),
            (Rules{"layers-header", "layers-header"}));
}

TEST(Layers, ABrokenTableIsFound) {
  EXPECT_EQ(table_violations("room a:\n"), Rules{"layers-table"});
  EXPECT_EQ(table_violations("room a: b  # b stands below\nroom b:  # reason\n"), Rules{"layers-table"});
  EXPECT_EQ(table_violations("room a:  # reason\nroom a:  # reason\n"), Rules{"layers-table"});
  EXPECT_EQ(table_violations("roam a:  # reason\n"), Rules{"layers-table"});
  EXPECT_EQ(table_violations("header x in nowhere  # reason\n"), Rules{"layers-table"});
}

}  // namespace
}  // namespace kingpost::house
