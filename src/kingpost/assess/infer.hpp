#pragma once

#include <string>
#include <vector>

#include "kingpost/assess/boundaries.hpp"
#include "kingpost/emit/er.hpp"
#include "kingpost/foreign/foreign.hpp"

namespace kingpost::assess {

/// Tables and foreign keys as entities and lines; partitions and migration tools' tables are left out. With `only` (table names as shown()) the
/// others are left out too, but for the bare heads of those that they refer to. Pure.
[[nodiscard]] emit::ErModel infer_er(const foreign::SqlFacts& facts, const std::string& title, const std::vector<std::string>* only = nullptr);

/// Containers of compose and Kubernetes files with what they need, who reaches them, and the API files; at most kMostContainers. No nodes when
/// nothing was read that runs or serves. Pure.
[[nodiscard]] emit::C4Model infer_c4(const foreign::Facts& facts, const std::string& system);

inline constexpr std::size_t kMostContainers = 80;

}  // namespace kingpost::assess
