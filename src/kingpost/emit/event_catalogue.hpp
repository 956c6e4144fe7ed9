#pragma once

#include <string>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// The events of a system as Markdown: version, key, data, who emits each in which command, who receives it and does what, what delivery
/// guarantees; then each saga step by step. `whole` is what everybody together can reach. Names and texts cannot become markup. Deterministic.
[[nodiscard]] std::string print_event_catalogue(const ir::System& system, const surface::Api& whole);

/// `text` as words of Markdown on one line, also inside a table's cell.
[[nodiscard]] std::string escape_markdown(std::string_view text);

}  // namespace kingpost::emit
