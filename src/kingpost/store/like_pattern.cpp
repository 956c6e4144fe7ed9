#include "kingpost/store/like_pattern.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

namespace kingpost::store {
namespace {

constexpr unsigned char kFirstNonAscii = 0x80;
constexpr unsigned char kContinuationMask = 0xC0;
constexpr std::size_t kNoPart = static_cast<std::size_t>(-1);

struct FreeDeleter {
  void operator()(void* memory) const noexcept { std::free(memory); }
};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < kFirstNonAscii; });
}

std::size_t next_code_point(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & kContinuationMask) == kFirstNonAscii) ++at;
  return at;
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string folded(text);
  if (is_ascii(text)) {
    std::transform(folded.begin(), folded.end(), folded.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    return folded;
  }
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &mapped, UTF8PROC_CASEFOLD);
  const std::unique_ptr<utf8proc_uint8_t, FreeDeleter> owned(mapped);
  if (length < 0 || mapped == nullptr) return folded;
  folded.assign(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
  return folded;
}

void LikePattern::add_literal(std::string_view bytes) {
  if (parts_.empty() || parts_.back().kind != Kind::kLiteral) parts_.push_back({Kind::kLiteral, {}});
  parts_.back().literal += bytes;
}

std::optional<LikePattern> LikePattern::compile(std::string_view pattern, char escape, bool fold) {
  if (pattern.size() > kMaxBytes) return std::nullopt;
  LikePattern compiled;
  compiled.fold_ = fold;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    const char c = pattern[at];
    if (escape != 0 && c == escape) {
      if (++at == pattern.size()) return std::nullopt;
      compiled.add_literal(pattern.substr(at, 1));
    } else if (c == '%') {
      if (compiled.parts_.empty() || compiled.parts_.back().kind != Kind::kMany) compiled.parts_.push_back({Kind::kMany, {}});
    } else if (c == '_') {
      compiled.parts_.push_back({Kind::kOne, {}});
    } else {
      compiled.add_literal(pattern.substr(at, 1));
    }
  }
  if (fold) {
    for (Part& part : compiled.parts_) part.literal = fold_case(part.literal);
  }
  return compiled;
}

/// Where after `from` the part behind the star at `star` can begin; npos when nowhere.
std::size_t LikePattern::resume_after(std::size_t star, std::string_view text, std::size_t from) const {
  if (star + 1 < parts_.size() && parts_[star + 1].kind == Kind::kLiteral) return text.find(parts_[star + 1].literal, from);
  return from <= text.size() ? from : std::string_view::npos;
}

bool LikePattern::matches(std::string_view text) const {
  std::size_t part = 0;
  std::size_t at = 0;
  std::size_t star = kNoPart;
  std::size_t star_at = 0;
  while (true) {
    if (part < parts_.size()) {
      const Part& current = parts_[part];
      if (current.kind == Kind::kMany) {
        if (part + 1 == parts_.size()) return true;
        star = part++;
        star_at = resume_after(star, text, at);
        if (star_at == std::string_view::npos) return false;
        at = star_at;
        continue;
      }
      if (current.kind == Kind::kLiteral && text.substr(at).starts_with(current.literal)) {
        at += current.literal.size();
        ++part;
        continue;
      }
      if (current.kind == Kind::kOne && at < text.size()) {
        at = next_code_point(text, at);
        ++part;
        continue;
      }
    } else if (at == text.size()) {
      return true;
    }
    if (star == kNoPart || star_at >= text.size()) return false;
    star_at = resume_after(star, text, next_code_point(text, star_at));
    if (star_at == std::string_view::npos) return false;
    at = star_at;
    part = star + 1;
  }
}

}  // namespace kingpost::store
