#pragma once

#include <string>
#include <string_view>

namespace kingpost::assess {

/// The Markdown that this room writes (headings, paragraphs, lists of one level, tables, code spans, bold, links, backslash escapes) as HTML.
/// Everything that is not of that subset is text. Never fails.
[[nodiscard]] std::string markdown_to_html(std::string_view markdown);

/// A page that needs nothing beside itself: `title`, body HTML, pictures inlined by the caller.
[[nodiscard]] std::string html_page(std::string_view title, std::string_view body);

}  // namespace kingpost::assess
