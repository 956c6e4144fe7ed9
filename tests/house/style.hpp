#pragma once

#include <vector>

#include "source_tree.hpp"

namespace kingpost::house {

inline constexpr std::size_t kMaxFileLines = 600;
inline constexpr std::size_t kMaxLineColumns = 150;
inline constexpr int kMaxFunctionLines = 70;
inline constexpr int kMaxParameters = 5;

/// The rules of the house that a machine can check; each is one small function over one file or over the tree.
[[nodiscard]] std::vector<Violation> check_style(const SourceTree& tree);

/// A function definition as the style check sees it.
struct FunctionShape {
  int line = 0;
  int lines = 0;
  int parameters = 0;
};

/// Definitions at namespace or class level. A heuristic: a block behind parentheses that is neither a type, a namespace nor a data table.
[[nodiscard]] std::vector<FunctionShape> find_functions(std::string_view text);

}  // namespace kingpost::house
