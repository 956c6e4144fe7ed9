#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kingpost::house {

/// The checked files: path relative to the repository (with '/') to text.
using SourceTree = std::map<std::string, std::string>;

/// A broken rule. `line` counts from 1; 0 means the whole file.
struct Violation {
  std::string path;
  int line = 0;
  std::string rule;
  std::string message;
};

/// Reads every text file that the rules cover below `root`; build trees, installed packages and test data are left out.
[[nodiscard]] SourceTree read_source_tree(const std::string& root);

[[nodiscard]] std::vector<std::string> split_lines(std::string_view text);
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

/// The same text with comments, texts and character literals blanked; lines and columns stay.
[[nodiscard]] std::string blank_literals(std::string_view text, bool keep_comments);

/// "kingpost/plan/plan.hpp" of `#include "kingpost/plan/plan.hpp"`, with its brackets: `"…"` or `<…>`. Empty when the line is none.
[[nodiscard]] std::string included_header(std::string_view line);

/// The room of "src/kingpost/<room>/…", or empty.
[[nodiscard]] std::string room_of(std::string_view path);

[[nodiscard]] bool ends_with(std::string_view text, std::string_view end);
[[nodiscard]] std::string print_violations(const std::vector<Violation>& violations);

}  // namespace kingpost::house
