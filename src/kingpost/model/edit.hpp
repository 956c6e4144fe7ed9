#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/model_edit.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/model/tree.hpp"

namespace kingpost::model {

/// Turns model edits into edits of the texts they were found in; reads each text once. The sources must outlive it.
class ModelEditor {
 public:
  explicit ModelEditor(const SourceMap& sources) : sources_(&sources) {}
  /// The text edit that carries out one model edit. Nothing but the member, word or item concerned is touched: comments, blank lines and the order of
  /// everything else stay. Error `edit-refused` when the place does not have the shape that the edit expects.
  [[nodiscard]] Result<TextEdit> make(const ModelEdit& edit);

 private:
  [[nodiscard]] Result<const Node*> tree(FileIndex file);

  const SourceMap* sources_;
  std::map<FileIndex, Node> trees_;
};

/// One edit of a ModelEditor of its own.
[[nodiscard]] Result<TextEdit> edit_model(const ModelEdit& edit, const SourceMap& sources);

/// `text` of `file` with the edits applied. Error `edit-refused` when two overlap; edits of other files are left out.
[[nodiscard]] Result<std::string> apply_edits(std::string_view text, FileIndex file, std::vector<TextEdit> edits);

}  // namespace kingpost::model
