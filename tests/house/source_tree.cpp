#include "source_tree.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace kingpost::house {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolders[] = {"src", "tests", "bench", "cmake", "scripts", "docs", "examples", ".ci"};
constexpr std::string_view kEndings[] = {".cpp", ".hpp", ".txt", ".cmake", ".sh", ".md", ".yaml", ".yml", ".js", ".mjs", ".json", ".sql"};
constexpr std::string_view kIgnoredFolders[] = {"node_modules", "cases", "corpus", "build", "out"};

bool ignored(const fs::path& folder) {
  const std::string name = folder.filename().string();
  for (const std::string_view ignored_name : kIgnoredFolders) {
    if (name == ignored_name) return true;
  }
  return false;
}

bool covered(const fs::path& file) {
  const std::string name = file.filename().string();
  if (name == "package-lock.json") return false;
  if (file.extension().empty()) return true;
  for (const std::string_view ending : kEndings) {
    if (ends_with(name, ending)) return true;
  }
  return false;
}

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// Blanks [begin, end) but for line ends.
void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end && i < text.size(); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

std::size_t end_of_quoted(std::string_view text, std::size_t start) {
  const char quote = text[start];
  std::size_t i = start + 1;
  while (i < text.size() && text[i] != quote && text[i] != '\n') i += text[i] == '\\' ? 2U : 1U;
  return std::min(i + 1, text.size());
}

std::size_t end_of_raw(std::string_view text, std::size_t start) {
  const std::size_t open = text.find('(', start);
  if (open == std::string_view::npos) return text.size();
  std::string closing = ")";
  closing += text.substr(start + 2, open - start - 2);
  closing += '"';
  const std::size_t end = text.find(closing, open);
  return end == std::string_view::npos ? text.size() : end + closing.size();
}

bool word_character(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::size_t end_of_comment(std::string_view text, std::size_t start) {
  const bool line = text[start + 1] == '/';
  const std::size_t end = line ? text.find('\n', start) : text.find("*/", start + 2);
  if (end == std::string_view::npos) return text.size();
  return line ? end : end + 2;
}

}  // namespace

bool ends_with(std::string_view text, std::string_view end) { return text.size() >= end.size() && text.substr(text.size() - end.size()) == end; }

SourceTree read_source_tree(const std::string& root) {
  SourceTree tree;
  const auto add = [&](const fs::path& file) { tree[fs::relative(file, root).generic_string()] = read_text(file); };
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    if (entry.is_regular_file() && (covered(entry.path()) || entry.path().filename() == "Makefile")) add(entry.path());
  }
  for (const std::string_view folder : kFolders) {
    const fs::path start = fs::path(root) / folder;
    if (!fs::is_directory(start)) continue;
    for (auto it = fs::recursive_directory_iterator(start); it != fs::recursive_directory_iterator(); ++it) {
      if (it->is_directory() && ignored(it->path())) {
        it.disable_recursion_pending();
      } else if (it->is_regular_file() && covered(it->path())) {
        add(it->path());
      }
    }
  }
  return tree;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string> split_words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string blank_literals(std::string_view text, bool keep_comments) {
  std::string out(text);
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    std::size_t end = i + 1;
    if (c == '/' && i + 1 < text.size() && (text[i + 1] == '/' || text[i + 1] == '*')) {
      end = end_of_comment(text, i);
      if (!keep_comments) blank(out, i, end);
    } else if (c == 'R' && i + 1 < text.size() && text[i + 1] == '"') {
      end = end_of_raw(text, i);
      blank(out, i, end);
    } else if (c == '"' || (c == '\'' && (i == 0 || !word_character(text[i - 1])))) {
      // A quote after a digit or letter separates digits, as in 1'000.
      end = end_of_quoted(text, i);
      blank(out, i, end);
    }
    i = end;
  }
  return out;
}

std::string included_header(std::string_view line) {
  const std::size_t hash = line.find_first_not_of(" \t");
  if (hash == std::string_view::npos || line[hash] != '#') return {};
  line.remove_prefix(hash + 1);
  const std::size_t word = line.find_first_not_of(" \t");
  if (word == std::string_view::npos || line.substr(word, 7) != "include") return {};
  const std::size_t open = line.find_first_of("\"<", word);
  if (open == std::string_view::npos) return {};
  const std::size_t close = line.find(line[open] == '<' ? '>' : '"', open + 1);
  if (close == std::string_view::npos) return {};
  return std::string(line.substr(open, close - open + 1));
}

std::string room_of(std::string_view path) {
  constexpr std::string_view kRooms = "src/kingpost/";
  if (path.substr(0, kRooms.size()) != kRooms) return {};
  path.remove_prefix(kRooms.size());
  const std::size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string{} : std::string(path.substr(0, slash));
}

std::string print_violations(const std::vector<Violation>& violations) {
  std::ostringstream out;
  for (const Violation& v : violations) out << v.path << ':' << v.line << ": [" << v.rule << "] " << v.message << '\n';
  return out.str();
}

}  // namespace kingpost::house
