#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"

namespace kingpost::cel {

/// What is wrong with an RE2 pattern; empty when nothing is.
[[nodiscard]] std::optional<std::string> regex_error(std::string_view pattern);

/// Whether `pattern` occurs anywhere in `text`, in time linear in the text. Error cel-regex for a bad pattern.
[[nodiscard]] Result<bool> regex_match(std::string_view text, std::string_view pattern);

}  // namespace kingpost::cel
