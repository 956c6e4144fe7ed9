#pragma once

#include <string>
#include <string_view>

namespace kingpost::emit {

/// `text` as HTML or XML character data, safe inside double-quoted attributes too. Control characters that XML forbids become U+FFFD.
[[nodiscard]] std::string escape_html(std::string_view text);

/// `name` as one segment of a relative path that is the same in a URL and on disk: letters, digits, `_` and `-` stay, every other byte
/// becomes ~XX, so that different names stay different. At most 160 bytes, longer ones end in a fingerprint.
[[nodiscard]] std::string file_segment(std::string_view name);

}  // namespace kingpost::emit
