#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/span.hpp"

namespace kingpost::foreign {

struct Member;

/// A value of YAML or JSON with its place. Aliases stand as copies, merge keys are merged.
struct Value {
  enum class Kind : std::uint8_t { kNull, kText, kList, kMap };
  Kind kind = Kind::kNull;
  bool quoted = false;  ///< a text that cannot be a number, true or null
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string text;  ///< of a scalar
  std::vector<Value> items;
  std::vector<Member> members;

  [[nodiscard]] bool is_map() const noexcept { return kind == Kind::kMap; }
  [[nodiscard]] bool is_list() const noexcept { return kind == Kind::kList; }
  [[nodiscard]] bool is_text() const noexcept { return kind == Kind::kText; }
  /// The member of that name, or a shared null value without a place.
  [[nodiscard]] const Value& operator[](std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const;
  /// The text of a scalar member; empty where it is missing or no scalar.
  [[nodiscard]] const std::string& text_of(std::string_view name) const;
  /// An unquoted true (or YAML's yes and on).
  [[nodiscard]] bool is_true() const noexcept;
  /// The text as a whole number, `otherwise` where it is none or above 2^31.
  [[nodiscard]] int number(int otherwise) const noexcept;
  [[nodiscard]] Span span(FileIndex file) const noexcept;
};

struct Member {
  std::string name;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  Value value;

  [[nodiscard]] Span span(FileIndex file) const noexcept;
};

/// Bounds of reading. Aliases count every time they are used, so that a laughing document ends here.
inline constexpr std::size_t kMaxForeignBytes = 64U << 20U;
inline constexpr std::size_t kMaxForeignDepth = 200;
inline constexpr std::size_t kMaxForeignNodes = 4'000'000;

/// Every document of a YAML text. What stands before an error is kept, the error is a `foreign-parse` diagnostic. Never throws.
[[nodiscard]] std::vector<Value> read_yaml(std::string_view text, FileIndex file, Diagnostics& diagnostics);
/// One JSON text (RFC 8259), with places; comments are refused. On an error null, and a `foreign-parse` diagnostic. Never throws.
[[nodiscard]] Value read_json(std::string_view text, FileIndex file, Diagnostics& diagnostics);
/// JSON where the text begins like it and is it, else the first document of YAML.
[[nodiscard]] Value read_json_or_yaml(std::string_view text, FileIndex file, Diagnostics& diagnostics);

/// Says that a text, or the part of it after `line`, was not read. A line of 0 means the whole file.
void refuse(Diagnostics& diagnostics, FileIndex file, std::uint32_t line, std::uint32_t column, std::string message);

}  // namespace kingpost::foreign
