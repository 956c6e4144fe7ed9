#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kingpost::app {

/// A page of docs/guide, embedded by the build.
struct GuidePage {
  std::string_view name;   ///< file name without number and ending
  std::string_view title;  ///< its first heading
  std::string_view text;   ///< Markdown
};

/// In the order of reading.
[[nodiscard]] std::span<const GuidePage> guide_pages() noexcept;
/// Null when there is none.
[[nodiscard]] const GuidePage* find_guide_page(std::string_view name) noexcept;
/// A line a page: name and title.
[[nodiscard]] std::string list_guide();
/// agents/backend-architect.md.
[[nodiscard]] std::string_view agent_text() noexcept;

}  // namespace kingpost::app
