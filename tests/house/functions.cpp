#include <algorithm>
#include <regex>

#include "style.hpp"

namespace kingpost::house {
namespace {

enum class Block { kContainer, kFunction, kData };

// What stands before a `{`: from the last `;`, `{`, `}` or access specifier on.
Block classify(const std::string& head) {
  static const std::regex kContainers(R"((^|[\s>;])(namespace|class|struct|union|enum)\b)");
  static const std::regex kExtern(R"(extern\s*$)");
  const std::size_t last = head.find_last_not_of(" \t\n");
  if (last == std::string::npos) return Block::kData;
  if (head[last] == '=' || head[last] == ',' || head[last] == '(') return Block::kData;
  const std::size_t paren = head.find('(');
  const bool before_paren = std::regex_search(head.substr(0, paren), kContainers);
  // `struct X final {`, but also `struct Y f(…) {`: only the second has parentheses right after a name.
  if (before_paren && (paren == std::string::npos || head.find("alignas") != std::string::npos)) return Block::kContainer;
  if (paren == std::string::npos) return std::regex_search(head, kExtern) ? Block::kContainer : Block::kData;
  return Block::kFunction;
}

// Position of the parameter list's `(`: the first parenthesis that does not belong to a specifier or to operator().
std::size_t parameter_list(const std::string& head) {
  static const std::regex kNoList(R"((noexcept|decltype|alignas|requires|explicit|__attribute__|operator)\s*$)");
  for (std::size_t at = head.find('('); at != std::string::npos; at = head.find('(', at + 1)) {
    if (!std::regex_search(head.substr(0, at), kNoList)) return at;
  }
  return std::string::npos;
}

int count_parameters(const std::string& head) {
  const std::size_t open = parameter_list(head);
  if (open == std::string::npos) return 0;
  int depth = 0;
  int angle = 0;
  int commas = 0;
  bool any = false;
  for (std::size_t i = open; i < head.size(); ++i) {
    const char c = head[i];
    if (c == '(' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '}' || c == ']') --depth;
    if (depth == 0) break;
    if (c == '<') ++angle;
    if (c == '>' && angle > 0) --angle;
    if (c == ',' && depth == 1 && angle == 0) ++commas;
    if (i > open && c != ' ' && c != '\n') any = true;
  }
  return any ? commas + 1 : 0;
}

// Preprocessor lines would otherwise look like code.
std::string without_directives(std::string_view text) {
  std::string out = blank_literals(text, false);
  bool directive = false;
  bool line_start = true;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\n') {
      if (i == 0 || out[i - 1] != '\\') directive = false;
      line_start = true;
      continue;
    }
    if (line_start && out[i] == '#') directive = true;
    if (out[i] != ' ' && out[i] != '\t') line_start = false;
    if (directive && out[i] != '\\') out[i] = ' ';
  }
  return out;
}

struct Scanner {
  std::vector<Block> blocks;
  std::vector<FunctionShape> functions;
  std::string head;
  int head_line = 0;
  int line = 1;
  int parentheses = 0;
  std::size_t function_depth = 0;
  int function_line = 0;

  bool outside() const {
    return std::all_of(blocks.begin(), blocks.end(), [](Block b) { return b == Block::kContainer; });
  }

  void clear_head() {
    head.clear();
    head_line = 0;
  }

  void open_block() {
    const bool top = outside() && parentheses == 0;
    const Block block = top ? classify(head) : Block::kData;
    if (block == Block::kFunction) {
      function_line = head_line;
      function_depth = blocks.size();
      functions.push_back({head_line, 0, count_parameters(head)});
    }
    blocks.push_back(block);
    if (top && block != Block::kData) clear_head();
  }

  void close_block() {
    if (blocks.empty()) return;
    const Block block = blocks.back();
    blocks.pop_back();
    if (block == Block::kFunction && blocks.size() == function_depth) functions.back().lines = line - function_line + 1;
    if (block != Block::kData) clear_head();
  }

  void step(char c) {
    if (c == '{') return open_block();
    if (c == '}') return close_block();
    if (!outside()) return;
    if (c == '(') ++parentheses;
    if (c == ')') --parentheses;
    if (c == ';' && parentheses == 0) return clear_head();
    if (c != ' ' && c != '\t' && c != '\n' && head_line == 0) head_line = line;
    if (head_line != 0) head += c;
  }
};

}  // namespace

std::vector<FunctionShape> find_functions(std::string_view text) {
  static const std::regex kAccess(R"((^|\s)(public|private|protected)\s*:\s*$)");
  Scanner scanner;
  for (const char c : without_directives(text)) {
    scanner.step(c);
    if (c == ':' && std::regex_search(scanner.head, kAccess)) scanner.clear_head();
    if (c == '\n') ++scanner.line;
  }
  return std::move(scanner.functions);
}

}  // namespace kingpost::house
