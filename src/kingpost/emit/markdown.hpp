#pragma once

#include <string>
#include <string_view>

namespace kingpost::emit {

/// `text` as Markdown (CommonMark, GitHub's tables) in one line: what would be markup is escaped, but for code spans in single backticks when they
/// pair up. Line ends and control characters become blanks.
[[nodiscard]] std::string markdown_text(std::string_view text);
/// `name` as a code span, or escaped when it holds a backtick.
[[nodiscard]] std::string markdown_code(std::string_view name);

}  // namespace kingpost::emit
