#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace kingpost::deploy {

/// A DNS-1123 label of at most `most` bytes: lower-case letters, digits and inner hyphens; it begins with a letter. `fallback` where nothing is left.
[[nodiscard]] std::string dns_label(std::string_view text, std::size_t most, std::string_view fallback);

/// One line of at most `most` bytes for a comment: control characters, line separators and broken UTF-8 become blanks.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t most);

/// A double-quoted scalar that is both YAML and JSON. In files that compose reads, `$` must be doubled by the caller before.
[[nodiscard]] std::string yaml_quoted(std::string_view text);

/// One word of a POSIX shell.
[[nodiscard]] std::string shell_quoted(std::string_view text);

/// One argument of a unit's ExecStart: specifiers and variables are not expanded.
[[nodiscard]] std::string systemd_quoted(std::string_view text);

/// `$` doubled: compose and Kubernetes (`$(NAME)`) then read it as itself.
[[nodiscard]] std::string dollars_doubled(std::string_view text);

/// `${{` as an expression of GitHub's that yields it: nothing in `text` is evaluated.
[[nodiscard]] std::string expressions_quoted(std::string_view text);

/// The NAME of `env(NAME)`; empty when `text` is something else or NAME is no environment variable's name.
[[nodiscard]] std::string_view env_name(std::string_view text);

using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// `text` with each `@NAME@` replaced by its value, in one pass: what a value holds is never looked at again.
[[nodiscard]] std::string fill(std::string_view text, Values values);

}  // namespace kingpost::deploy
