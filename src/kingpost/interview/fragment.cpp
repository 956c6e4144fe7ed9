#include "kingpost/interview/fragment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace kingpost::interview {

namespace {

constexpr std::size_t kMaxLevels = 12;
constexpr std::string_view kConditionMark = "  #? ";
constexpr std::string_view kCommentMark = "  # ";

tl::unexpected<Error> refuse(std::string message) {
  return tl::make_unexpected(make_error(ErrorKind::kInternal, "kp-interview-fragment", std::move(message)));
}

std::string cut_after(std::string& line, std::string_view mark) {
  const std::size_t at = line.find(mark);
  if (at == std::string::npos) return {};
  std::string rest = line.substr(at + mark.size());
  line.erase(at);
  while (line.ends_with(' ')) line.pop_back();
  return rest;
}

std::string_view key_of(const Fragment& fragment) {
  const std::string_view text = fragment.text;
  if (text.starts_with("- ")) return {};
  const std::size_t at = text.find(": ");
  if (at != std::string_view::npos) return text.substr(0, at);
  return text.ends_with(':') ? text.substr(0, text.size() - 1) : std::string_view{};
}

struct Printer {
  const Facts& facts;
  std::string out;

  /// Whether anything of a fragment is left; a map or list that was written with members and keeps none is nothing.
  bool lives(const Fragment& fragment) const {
    if (!holds(fragment.condition, facts)) return false;
    if (fragment.children.empty()) return true;
    return std::any_of(fragment.children.begin(), fragment.children.end(), [this](const Fragment& child) { return lives(child); });
  }

  static bool apart(std::string_view parent) { return parent == "entities" || parent == "commands"; }

  Result<void> print(const Fragment& fragment, std::size_t level, const std::string& told) {
    Result<std::string> text = fill_in(fragment.text, facts);
    if (!text) return tl::make_unexpected(text.error());
    std::string why = key_of(fragment) == "service" ? std::string{} : reasons(fragment.condition, facts);
    if (why == told) why.clear();
    Result<std::string> comment = fill_in(fragment.comment, facts);
    if (!comment) return tl::make_unexpected(comment.error());
    if (!why.empty()) *comment += fmt::format("{}{}", comment->empty() ? "" : "; ", why);
    out += fmt::format("{:{}}{}{}{}\n", "", level * 2, *text, comment->empty() ? "" : "  # ", *comment);
    return print_all(fragment.children, level + 1, {key_of(fragment), why.empty() ? told : why});
  }

  Result<void> print_all(const std::vector<Fragment>& fragments, std::size_t level, const std::pair<std::string_view, std::string>& parent) {
    const Fragment* before = nullptr;
    for (const Fragment& fragment : fragments) {
      if (!lives(fragment)) continue;
      const bool section = before != nullptr && level == 0 && !(fragment.children.empty() && before->children.empty());
      if (section || (before != nullptr && level == 1 && apart(parent.first))) out += '\n';
      before = &fragment;
      if (auto printed = print(fragment, level, parent.second); !printed) return printed;
    }
    return {};
  }
};

Result<std::string> value_of(std::string_view inside, const Facts& facts) {
  const std::size_t star = inside.find('*');
  const std::string_view name = inside.substr(0, star);
  double factor = 1;
  if (star != std::string_view::npos) {
    const std::string_view digits = inside.substr(star + 1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), factor).ec != std::errc{}) return refuse(fmt::format("no factor: {}", inside));
  }
  if (const auto text = facts.texts.find(name); text != facts.texts.end() && star == std::string_view::npos) {
    return name == "summary" ? quote_yaml(text->second) : text->second;
  }
  const auto number = facts.numbers.find(name);
  if (number == facts.numbers.end()) return refuse(fmt::format("no answer gives {}", inside));
  return name == "peak" ? print_rate(number->second * factor) : print_count(number->second * factor);
}

}  // namespace

std::string quote_yaml(std::string_view text) {
  if (text.find('\'') == std::string_view::npos) return fmt::format("'{}'", text);
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    const auto code = static_cast<unsigned char>(byte);
    constexpr unsigned char kFirstPrintable = 0x20;
    if (code < kFirstPrintable) {
      out += fmt::format("\\x{:02x}", code);
    } else {
      out += byte;
    }
  }
  return out + '"';
}

Result<std::string> fill_in(std::string_view text, const Facts& facts) {
  std::string out;
  for (;;) {
    const std::size_t at = text.find("$(");
    const std::size_t end = at == std::string_view::npos ? at : text.find(')', at);
    if (end == std::string_view::npos) return out + std::string(text);
    out += text.substr(0, at);
    Result<std::string> value = value_of(text.substr(at + 2, end - at - 2), facts);
    if (!value) return value;
    out += *value;
    text.remove_prefix(end + 1);
  }
}

Result<std::vector<Fragment>> parse_fragments(std::string_view text) {
  std::vector<Fragment> out;
  std::size_t number = 0;
  std::vector<std::vector<Fragment>*> open{&out};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || line[indent] == '#') continue;
    const std::size_t level = indent / 2;
    if (indent % 2 != 0 || level >= open.size() || level >= kMaxLevels) return refuse(fmt::format("line {} is indented wrongly", number));
    Fragment fragment;
    fragment.condition = cut_after(line, kConditionMark);
    fragment.comment = cut_after(line, kCommentMark);
    fragment.text = line.substr(indent);
    open.resize(level + 1);
    open.back()->push_back(std::move(fragment));
    open.push_back(&open.back()->back().children);
  }
  return out;
}

void merge_fragments(std::vector<Fragment>& into, std::vector<Fragment> more) {
  for (Fragment& fragment : more) {
    const std::string_view key = key_of(fragment);
    const auto same = std::find_if(into.begin(), into.end(), [&](const Fragment& mine) {
      return !key.empty() && key_of(mine) == key && mine.condition == fragment.condition && !mine.children.empty();
    });
    if (same == into.end()) {
      into.push_back(std::move(fragment));
    } else {
      merge_fragments(same->children, std::move(fragment.children));
    }
  }
}

Result<std::string> print_fragments(const std::vector<Fragment>& fragments, const Facts& facts) {
  Printer printer{facts, {}};
  if (auto printed = printer.print_all(fragments, 0, {}); !printed) return tl::make_unexpected(printed.error());
  return std::move(printer.out);
}

}  // namespace kingpost::interview
