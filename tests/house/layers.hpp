#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "source_tree.hpp"

namespace kingpost::house {

struct HeaderRule {
  std::string prefix;
  std::set<std::string> rooms;
  int files = 0;  ///< most .cpp files of one room that include it, directly or through our headers; 0 = any number
};

/// The table of tests/house/layers.txt.
struct Layers {
  std::map<std::string, std::set<std::string>> rooms;
  std::vector<HeaderRule> headers;
};

/// Reads the table; every malformed line, missing reason, repeated room and room that names one below it is a violation.
[[nodiscard]] Layers read_layers(std::string_view text, std::vector<Violation>& violations);

/// Checks includes and the ROOMS lists of CMake against the table.
[[nodiscard]] std::vector<Violation> check_layers(const SourceTree& tree, const Layers& layers);

}  // namespace kingpost::house
