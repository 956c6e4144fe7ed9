#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kingpost::assess {

/// A foreign name as a code span of Markdown that stays one, also in a table: backquotes, line ends and control characters are replaced, `|` is
/// escaped.
[[nodiscard]] std::string code(std::string_view name);

/// Foreign text as Markdown text: what Markdown or HTML would read as its own is escaped, line ends become blanks.
[[nodiscard]] std::string plain(std::string_view text);

/// A sentence of ours in which names stand between backquotes: those become code spans, the rest plain text. With an odd number of backquotes all
/// is text.
[[nodiscard]] std::string prose(std::string_view sentence);

/// Code spans with commas between them; beyond `most`, how many more there are.
[[nodiscard]] std::string code_list(const std::vector<std::string>& names, std::size_t most);

/// `1 table`, `2 tables`.
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

}  // namespace kingpost::assess
