#include "style.hpp"

#include <algorithm>
#include <filesystem>
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

std::string normal_path(const std::string& path) { return std::filesystem::path(path).lexically_normal().generic_string(); }

bool made_by_build(const SourceTree& tree, const std::string& path) {
  const auto cmake = tree.find(path.substr(0, path.rfind('/') + 1) + "CMakeLists.txt");
  return cmake != tree.end() && cmake->second.find("configure_file(" + path.substr(path.rfind('/') + 1) + ".in") != std::string::npos;
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
    // configure_file makes a header in the build tree from its .in file.
    if (ours && !tree.contains("src/" + name) && !made_by_build(tree, "src/" + name))
      out.push_back({path, line, "include-form", name + " does not exist"});
    if (!ours && include.front() == '"' && (path.find("src/") == 0 || !tree.contains(normal_path(folder + name)))) {
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
    if (lines[i].find("Result<") == std::string::npos || lines[i].find(" override") != std::string::npos || above ||
        !std::regex_search(lines[i], kReturnsResult))
      continue;
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
  static const std::regex kStrict(R"(\nset -e?u)");
  if (!std::regex_search(text, kStrict))
    out.push_back({path, 1, "script", "a script starts with set -eu, or set -u when it judges exit codes itself"});
}

// What a CMakeLists.txt names as a source; what the build makes is left out.
std::vector<std::string> listed_sources(const std::string& cmake_path, const std::string& text) {
  static const std::regex kSource(R"re(([^\s()"]+\.cpp)(?=[\s)"]))re");
  static const std::regex kHere(R"(^(\$\{CMAKE_CURRENT_(SOURCE|LIST)_DIR\}/)?)");
  constexpr std::string_view kRoot = "${PROJECT_SOURCE_DIR}/";
  const std::string folder = cmake_path.substr(0, cmake_path.rfind('/') + 1);
  std::vector<std::string> sources;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), kSource); it != std::sregex_iterator(); ++it) {
    std::string name = (*it)[1].str();
    if (name.find("BINARY_DIR}") != std::string::npos) continue;
    const bool from_root = name.substr(0, kRoot.size()) == kRoot;
    name = from_root ? name.substr(kRoot.size()) : folder + std::regex_replace(name, kHere, "", std::regex_constants::format_first_only);
    sources.push_back(normal_path(name));
  }
  return sources;
}

void check_listed(const SourceTree& tree, Violations& out) {
  std::set<std::string> listed;
  for (const auto& [path, text] : tree) {
    if (!ends_with(path, "CMakeLists.txt")) continue;
    for (const std::string& source : listed_sources(path, text)) {
      listed.insert(source);
      if (!tree.contains(source)) out.push_back({path, 0, "orphan", source + " does not exist"});
    }
  }
  for (const auto& [path, text] : tree) {
    if (ends_with(path, ".cpp") && !listed.contains(path)) out.push_back({path, 0, "orphan", "no CMakeLists.txt lists it"});
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
  check_readmes(tree, out);
  return out;
}

}  // namespace kingpost::house
