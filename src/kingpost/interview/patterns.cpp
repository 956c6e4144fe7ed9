#include "kingpost/interview/patterns.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::interview {

namespace {

constexpr std::string_view kDefaultMark = "#! default ";
constexpr std::string_view kPurposeMark = "#! purpose ";
constexpr std::string_view kNeverMark = "#! never ";

std::string_view text_of(std::string_view name) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name == name) return file.text;
  }
  return {};
}

/// Reads the `#!` lines of a pattern.
void read_heading(std::string_view text, Pattern& pattern) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(kDefaultMark)) {
      line.remove_prefix(kDefaultMark.size());
      const std::size_t equals = line.find('=');
      if (equals != std::string_view::npos) pattern.defaults.emplace(line.substr(0, equals), line.substr(equals + 1));
    } else if (line.starts_with(kPurposeMark)) {
      pattern.purpose = line.substr(kPurposeMark.size());
    } else if (line.starts_with(kNeverMark)) {
      line.remove_prefix(kNeverMark.size());
      const std::size_t colon = line.find(": ");
      if (colon != std::string_view::npos) pattern.never.push_back({std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))});
    }
  }
}

Result<std::vector<Fragment>> fragments_of(std::string_view name) {
  Result<std::vector<Fragment>> out = parse_fragments(text_of(name));
  if (!out) return fail(ErrorKind::kInternal, "kp-interview-fragment", fmt::format("{}: {}", name, out.error().message));
  return out;
}

}  // namespace

Result<std::vector<Pattern>> load_patterns() {
  std::vector<Pattern> out;
  for (const Question& question : make_questions()) {
    if (question.key != "pattern") continue;
    for (const Choice& choice : question.choices) {
      Result<std::vector<Fragment>> fragments = fragments_of(choice.word);
      if (!fragments) return fail(fragments.error());
      Pattern pattern{std::string(choice.word), {}, {}, {}, std::move(*fragments)};
      read_heading(text_of(choice.word), pattern);
      out.push_back(std::move(pattern));
    }
  }
  return out;
}

Result<CommonFragments> load_common() {
  Result<std::vector<Fragment>> head = fragments_of("head");
  if (!head) return fail(head.error());
  Result<std::vector<Fragment>> tail = fragments_of("tail");
  if (!tail) return fail(tail.error());
  return CommonFragments{std::move(*head), std::move(*tail), text_of("project")};
}

}  // namespace kingpost::interview
