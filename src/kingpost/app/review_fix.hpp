#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kingpost/app/loading.hpp"
#include "kingpost/review/finding.hpp"

namespace kingpost::app {

struct Mended {
  std::map<std::string, std::string> texts;  ///< files whose text changed, by path
  std::vector<review::Finding> done;         ///< findings that their edits removed
  std::vector<review::Finding> refused;      ///< findings whose edits cannot be made, or would break the model or make another finding
};

using Wanted = std::function<bool(const review::Finding&)>;

/// Carries out the edits of findings that `wanted` accepts: those of a rule together, else one after another. Edits stay only when the model still
/// compiles, their findings are gone and no other finding came. Nothing is written.
[[nodiscard]] Mended mend_findings(const std::string& model, const Wanted& wanted);

/// Turns the model edits of findings into edits of the texts they were found in, for printing.
void make_text_edits(std::vector<review::Finding>& findings, const SourceMap& sources);

}  // namespace kingpost::app
