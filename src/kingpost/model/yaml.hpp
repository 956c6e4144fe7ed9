#pragma once

#include <string_view>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/limits.hpp"
#include "kingpost/model/tree.hpp"

namespace kingpost::model {

/// Reads one YAML 1.2 document into a tree with places. Refuses anchors, aliases, tags, merge keys, duplicate keys, keys that are not
/// scalars and further documents, each with a diagnostic, and mends values that a flow collection tore at a comma (flow-comma). The
/// text must have passed check_source_text. The tree holds what was read before the first syntax error.
[[nodiscard]] Node read_yaml(std::string_view text, FileIndex file, const Limits& limits, Diagnostics& diagnostics);

}  // namespace kingpost::model
