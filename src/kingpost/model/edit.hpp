#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/model_edit.hpp"
#include "kingpost/base/result.hpp"

namespace kingpost::model {

/// The text edits that carry out one model edit on the texts it was found in. Nothing but the member, word or item concerned is touched: comments,
/// blank lines and the order of everything else stay. Error `edit-refused` when the place does not have the shape that the edit expects.
[[nodiscard]] Result<TextEdit> edit_model(const ModelEdit& edit, const SourceMap& sources);

/// `text` of `file` with the edits applied. Error `edit-refused` when two overlap; edits of other files are left out.
[[nodiscard]] Result<std::string> apply_edits(std::string_view text, FileIndex file, std::vector<TextEdit> edits);

}  // namespace kingpost::model
