#include "style.hpp"

#include <algorithm>
#include <regex>
#include <set>

namespace kingpost::house {
namespace {

using Violations = std::vector<Violation>;

bool is_cpp(std::string_view path) { return ends_with(path, ".cpp") || ends_with(path, ".hpp"); }

bool is_script(std::string_view path) { return ends_with(path, ".sh") || path.find("scripts/") == 0 || path.find(".ci/") == 0 || path == "Makefile"; }

bool is_code(std::string_view path) { return is_cpp(path) || is_script(path) || ends_with(path, "CMakeLists.txt") || ends_with(path, ".cmake"); }

// The rules name what they ban, so the folder of the checks is not judged by the rules on words.
bool is_house(std::string_view path) { return path.find("tests/house/") == 0; }

std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

void check_size(const std::string& path, const std::vector<std::string>& lines, Violations& out) {
  if (!is_code(path)) return;
  if (lines.size() > kMaxFileLines) out.push_back({path, 0, "file-length", std::to_string(lines.size()) + " lines, at most 600"});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (columns(lines[i]) > kMaxLineColumns) out.push_back({path, static_cast<int>(i + 1), "line-length", "more than 150 columns"});
  }
}

void check_white_space(const std::string& path, const std::string& text, const std::vector<std::string>& lines, Violations& out) {
  if (!is_code(path)) return;
  if (!text.empty() && text.back() != '\n') out.push_back({path, 0, "white-space", "the last line has no end"});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const bool tab = line.find('\t') != std::string::npos && path != "Makefile" && !is_script(path);
    if (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) {
      out.push_back({path, static_cast<int>(i + 1), "white-space", "white space at the end"});
    }
    if (tab) out.push_back({path, static_cast<int>(i + 1), "white-space", "tab"});
  }
}

void check_functions(const std::string& path, const std::string& text, Violations& out) {
  if (!is_cpp(path)) return;
  for (const FunctionShape& function : find_functions(text)) {
    if (function.lines > kMaxFunctionLines) {
      out.push_back({path, function.line, "function-length", std::to_string(function.lines) + " lines, at most 70"});
    }
    if (function.parameters > kMaxParameters) {
      out.push_back({path, function.line, "function-parameters", std::to_string(function.parameters) + " parameters, at most 5"});
    }
  }
}

void check_pragma(const std::string& path, const std::vector<std::string>& lines, Violations& out) {
  if (!ends_with(path, ".hpp")) return;
  for (const std::string& line : lines) {
    if (line.empty() || line.substr(0, 2) == "//") continue;
    if (line != "#pragma once") out.push_back({path, 1, "pragma-once", "a header starts with #pragma once"});
    return;
  }
  out.push_back({path, 1, "pragma-once", "a header starts with #pragma once"});
}

void check_includes(const std::string& path, const std::vector<std::string>& lines, const SourceTree& tree, Violations& out) {
  if (!is_cpp(path)) return;
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string include = included_header(lines[i]);
    if (include.empty()) continue;
    const std::string name = include.substr(1, include.size() - 2);
    const bool ours = name.substr(0, 9) == "kingpost/";
    const int line = static_cast<int>(i + 1);
    if (ours && include.front() == '<') out.push_back({path, line, "include-form", "our headers are included with quotes"});
    if (ours && !tree.contains("src/" + name)) out.push_back({path, line, "include-form", name + " does not exist"});
    if (!ours && include.front() == '"' && (path.find("src/") == 0 || !tree.contains(folder + name))) {
      out.push_back({path, line, "include-form", "write \"kingpost/room/file.hpp\", or <…> for other people's headers"});
    }
  }
}

struct WordRule {
  std::string rule;
  std::regex pattern;
  std::string message;
  bool cpp_only;
  bool code_only;  ///< comments and texts do not count
};

const std::vector<WordRule>& word_rules() {
  static const std::vector<WordRule> kRules = [] {
    const auto icase = std::regex::icase;
    std::vector<WordRule> rules;
    rules.push_back({"todo", std::regex(R"(\b(TODO(?!\(#[0-9]+\))|FIXME|XXX)\b)"), "write TODO(#issue)", false, false});
    rules.push_back({"unfinished", std::regex(R"(//.*\b(for now|stubs?|hack)\b)", icase), "say what it does and why", true, false});
    rules.push_back({"machine-path", std::regex("(^|[^A-Za-z0-9_.*$}/-])/(work|root|home/[a-z]+)/"), "a path of one machine", false, false});
    rules.push_back(
        {"nolint", std::regex(R"(NOLINT(NEXTLINE|BEGIN)?(?!\([a-z0-9*,. -]+\): \S)(?!END)\b)"), "write NOLINT(check): reason", true, false});
    rules.push_back({"using-namespace", std::regex(R"(\busing\s+namespace\s+(?!.*literals))"), "name what is used", true, true});
    rules.push_back({"type-name", std::regex(R"(\b(class|struct)\s+\w*(Manager|Helper|Utils?|Common)\b)"), "name what it is", true, true});
    return rules;
  }();
  return kRules;
}

void check_words(const std::string& path, const std::string& text, const std::vector<std::string>& lines, Violations& out) {
  if (is_house(path)) return;
  const std::vector<std::string> code = is_cpp(path) ? split_lines(blank_literals(text, false)) : lines;
  for (const WordRule& rule : word_rules()) {
    if (rule.cpp_only && !is_cpp(path)) continue;
    const std::vector<std::string>& searched = rule.code_only ? code : lines;
    for (std::size_t i = 0; i < searched.size(); ++i) {
      if (searched[i].size() < 2'000 && std::regex_search(searched[i], rule.pattern)) {
        out.push_back({path, static_cast<int>(i + 1), rule.rule, rule.message});
      }
    }
  }
}

void check_nodiscard(const std::string& path, const std::vector<std::string>& lines, Violations& out) {
  static const std::regex kReturnsResult(R"(^\s*((static|virtual|inline|constexpr|friend)\s+)*Result<.*>\s+\w+\()");
  if (!ends_with(path, ".hpp")) return;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool above = i > 0 && lines[i - 1].find("[[nodiscard]]") != std::string::npos;
    if (lines[i].find("Result<") == std::string::npos || above || !std::regex_search(lines[i], kReturnsResult)) continue;
    out.push_back({path, static_cast<int>(i + 1), "nodiscard", "a function that returns Result is [[nodiscard]]"});
  }
}

void check_path(const std::string& path, Violations& out) {
  static const std::regex kBanned(R"((^|/)(utils?|helpers?|manager|common|misc)(_test)?(\.[a-z]+|/|$))");
  static const std::regex kSourceName(R"((^|/)[a-z0-9_]+\.(cpp|hpp)$)");
  if (std::regex_search(path, kBanned)) out.push_back({path, 0, "file-name", "the name says nothing"});
  if (is_cpp(path) && !std::regex_search(path, kSourceName)) out.push_back({path, 0, "file-name", "snake_case.cpp or .hpp"});
}

void check_script(const std::string& path, const std::string& text, Violations& out) {
  if (text.substr(0, 2) != "#!" || text.find("sh\n") > 30) return;
  if (text.find("set -eu") == std::string::npos) out.push_back({path, 1, "script", "a script starts with set -eu"});
}

// The CMakeLists.txt that lists a source: the nearest one above it.
std::string cmake_of(const std::string& path, const SourceTree& tree) {
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/', slash - 1)) {
    const std::string candidate = path.substr(0, slash + 1) + "CMakeLists.txt";
    if (tree.contains(candidate)) return candidate;
  }
  return {};
}

bool lists(const std::string& cmake, const std::string& name) {
  for (std::size_t at = cmake.find(name); at != std::string::npos; at = cmake.find(name, at + 1)) {
    const char before = at == 0 ? ' ' : cmake[at - 1];
    const char after = at + name.size() < cmake.size() ? cmake[at + name.size()] : ' ';
    if (std::string_view(" \n(/\"").find(before) != std::string_view::npos && std::string_view(" \n)\"").find(after) != std::string_view::npos)
      return true;
  }
  return false;
}

void check_listed(const SourceTree& tree, Violations& out) {
  for (const auto& [path, text] : tree) {
    if (!ends_with(path, ".cpp")) continue;
    const std::string cmake = cmake_of(path, tree);
    const std::string name = cmake.empty() ? path : path.substr(cmake.size() - std::string_view("CMakeLists.txt").size());
    if (cmake.empty() || !lists(tree.at(cmake), name)) out.push_back({path, 0, "orphan", "no CMakeLists.txt lists it"});
  }
}

void check_listed_exist(const SourceTree& tree, Violations& out) {
  static const std::regex kSource(R"(([A-Za-z0-9_/]+\.cpp)\b)");
  for (const auto& [path, text] : tree) {
    if (!ends_with(path, "/CMakeLists.txt")) continue;
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (auto it = std::sregex_iterator(text.begin(), text.end(), kSource); it != std::sregex_iterator(); ++it) {
      if (!tree.contains(folder + (*it)[1].str())) out.push_back({path, 0, "orphan", (*it)[1].str() + " does not exist"});
    }
  }
}

void check_readmes(const SourceTree& tree, Violations& out) {
  std::set<std::string> rooms;
  for (const auto& [path, text] : tree) {
    if (const std::string room = room_of(path); !room.empty()) rooms.insert(room);
  }
  for (const std::string& room : rooms) {
    const std::string readme = "src/kingpost/" + room + "/README.md";
    if (!tree.contains(readme)) out.push_back({readme, 0, "readme", "every room says what it takes, gives and must not know"});
  }
}

}  // namespace

std::vector<Violation> check_style(const SourceTree& tree) {
  Violations out;
  for (const auto& [path, text] : tree) {
    const std::vector<std::string> lines = split_lines(text);
    check_path(path, out);
    check_size(path, lines, out);
    check_white_space(path, text, lines, out);
    check_functions(path, text, out);
    check_pragma(path, lines, out);
    check_includes(path, lines, tree, out);
    check_words(path, text, lines, out);
    check_nodiscard(path, lines, out);
    check_script(path, text, out);
  }
  check_listed(tree, out);
  check_listed_exist(tree, out);
  check_readmes(tree, out);
  return out;
}

}  // namespace kingpost::house
