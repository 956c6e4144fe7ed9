#include "layers.hpp"

#include <algorithm>
#include <cstdlib>

namespace kingpost::house {
namespace {

constexpr std::string_view kTable = "tests/house/layers.txt";

Violation table_violation(int line, std::string message) { return {std::string(kTable), line, "layers-table", std::move(message)}; }

void read_room(const std::string& rule, int line, Layers& layers, std::vector<Violation>& violations) {
  const std::size_t colon = rule.find(':');
  const auto names = split_words(rule.substr(0, colon));
  if (colon == std::string::npos || names.size() != 2) {
    violations.push_back(table_violation(line, "expected `room NAME: ROOMS`"));
    return;
  }
  std::set<std::string> allowed;
  for (const std::string& room : split_words(rule.substr(colon + 1))) {
    if (!layers.rooms.contains(room)) violations.push_back(table_violation(line, names[1] + " names " + room + ", which does not stand above it"));
    allowed.insert(room);
  }
  if (!layers.rooms.emplace(names[1], std::move(allowed)).second) violations.push_back(table_violation(line, names[1] + " stands twice"));
}

void read_header(const std::string& rule, int line, Layers& layers, std::vector<Violation>& violations) {
  const auto words = split_words(rule);
  if (words.size() < 3 || words[2] != "in") {
    violations.push_back(table_violation(line, "expected `header PREFIX in ROOMS [files N]`"));
    return;
  }
  HeaderRule header;
  header.prefix = words[1];
  for (std::size_t i = 3; i < words.size(); ++i) {
    if (words[i] == "files" && i + 1 < words.size()) {
      header.files = std::atoi(words[++i].c_str());
    } else if (layers.rooms.contains(words[i])) {
      header.rooms.insert(words[i]);
    } else {
      violations.push_back(table_violation(line, words[i] + " is no room"));
    }
  }
  layers.headers.push_back(std::move(header));
}

// `<thread>` matches exactly; `boost/` and `sqlite3.h` match what follows the bracket.
bool matches(const HeaderRule& rule, std::string_view include) {
  if (rule.prefix.front() == '<') return include == rule.prefix;
  return include.substr(1, rule.prefix.size()) == rule.prefix;
}

class Checker {
 public:
  Checker(const SourceTree& tree, const Layers& layers) : tree_(tree), layers_(layers) {}

  std::vector<Violation> run() {
    for (const auto& [path, text] : tree_) {
      const std::string room = room_of(path);
      if (room.empty()) continue;
      if (!layers_.rooms.contains(room)) {
        if (reported_rooms_.insert(room).second) add(path, 0, "layers-room", "the room " + room + " has no line in " + std::string(kTable));
        continue;
      }
      if (ends_with(path, "/CMakeLists.txt")) check_cmake(path, room, text);
      if ((ends_with(path, ".hpp") || ends_with(path, ".cpp")) && !ends_with(path, "_test.cpp")) check_source(path, room, text);
    }
    for (const HeaderRule& rule : layers_.headers) check_header(rule);
    return std::move(violations_);
  }

 private:
  void add(const std::string& path, int line, std::string rule, std::string message) {
    violations_.push_back({path, line, std::move(rule), std::move(message)});
  }

  bool allowed(const std::string& room, const std::string& other) const {
    return other == "base" || other == room || layers_.rooms.at(room).contains(other);
  }

  void check_source(const std::string& path, const std::string& room, const std::string& text) {
    int number = 0;
    for (const std::string& line : split_lines(text)) {
      ++number;
      const std::string include = included_header(line);
      if (include.empty()) continue;
      const std::string other = include.substr(1, 9) == "kingpost/" ? room_of("src/" + include.substr(1)) : std::string{};
      if (!other.empty() && !allowed(room, other)) add(path, number, "layers-include", room + " must not include " + other);
      includes_[path].push_back(include);
    }
  }

  // Files that cost what the header costs: they include it, or one of our headers that does.
  std::set<std::string> reached_by(const HeaderRule& rule) const {
    std::set<std::string> reached;
    for (bool grown = true; grown;) {
      grown = false;
      for (const auto& [path, includes] : includes_) {
        const bool hit = std::any_of(includes.begin(), includes.end(), [&](const std::string& include) {
          return matches(rule, include) || reached.contains("src/" + include.substr(1, include.size() - 2));
        });
        if (hit && reached.insert(path).second) grown = true;
      }
    }
    return reached;
  }

  void check_header(const HeaderRule& rule) {
    std::map<std::string, int> sources;
    for (const std::string& path : reached_by(rule)) {
      const std::string room = room_of(path);
      if (!rule.rooms.contains(room))
        add(path, 0, "layers-header", room + " must not include " + rule.prefix + ", not even through a header of ours");
      if (ends_with(path, ".cpp") && rule.rooms.contains(room)) ++sources[room];
    }
    for (const auto& [room, count] : sources) {
      if (rule.files == 0 || count <= rule.files) continue;
      add("src/kingpost/" + room, 0, "layers-header",
          std::to_string(count) + " files of " + room + " include " + rule.prefix + ", at most " + std::to_string(rule.files));
    }
  }

  // Rooms after ROOMS in kp_room(...) up to the next keyword.
  void check_cmake(const std::string& path, const std::string& room, const std::string& text) {
    static const std::set<std::string> kKeywords = {"SOURCES", "TESTS", "ROOMS", "LIBS", "TEST_LIBS"};
    bool in_rooms = false;
    const std::size_t call = text.find("kp_room(");
    if (call == std::string::npos) return;
    for (const std::string& word : split_words(text.substr(call, text.find(')', call) - call))) {
      if (kKeywords.contains(word)) {
        in_rooms = word == "ROOMS";
      } else if (in_rooms && !allowed(room, word)) {
        add(path, 0, "layers-cmake", room + " must not depend on " + word);
      }
    }
  }

  const SourceTree& tree_;
  const Layers& layers_;
  std::vector<Violation> violations_;
  std::set<std::string> reported_rooms_;
  std::map<std::string, std::vector<std::string>> includes_;
};

}  // namespace

Layers read_layers(std::string_view text, std::vector<Violation>& violations) {
  Layers layers;
  int number = 0;
  for (const std::string& line : split_lines(text)) {
    ++number;
    const std::size_t hash = line.find('#');
    const std::string rule = line.substr(0, hash);
    const auto words = split_words(rule);
    if (words.empty()) continue;
    if (hash == std::string::npos || split_words(line.substr(hash + 1)).empty())
      violations.push_back(table_violation(number, "a line needs its reason"));
    if (words[0] == "room") {
      read_room(rule, number, layers, violations);
    } else if (words[0] == "header") {
      read_header(rule, number, layers, violations);
    } else {
      violations.push_back(table_violation(number, "unknown word " + words[0]));
    }
  }
  return layers;
}

std::vector<Violation> check_layers(const SourceTree& tree, const Layers& layers) { return Checker(tree, layers).run(); }

}  // namespace kingpost::house
