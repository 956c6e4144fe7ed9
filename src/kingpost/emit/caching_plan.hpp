#pragma once

#include <string>

#include "kingpost/emit/decisions.hpp"

namespace kingpost::emit {

/// The caching plan as a Markdown table with a line of reasoning a query.
[[nodiscard]] std::string print_caching_plan_markdown(const DecisionSet& set);
[[nodiscard]] std::string print_caching_plan_json(const DecisionSet& set);
/// What the plan assumes and what of it this version serves, as one paragraph.
[[nodiscard]] std::string_view caching_plan_note() noexcept;

}  // namespace kingpost::emit
