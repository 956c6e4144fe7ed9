#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "kingpost/model/edit.hpp"
#include "require.hpp"

// Any edit of any text ends in a refusal or in a text that has the former one around the change, byte for byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Kind = kingpost::ModelEdit::Kind;
  if (size < 4) return 0;
  constexpr Kind kKinds[] = {Kind::kSet, Kind::kWord, Kind::kType, Kind::kRemove, Kind::kItem};
  const std::string text(reinterpret_cast<const char*>(data) + 3, size - 3);
  kingpost::ModelEdit edit;
  edit.kind = kKinds[data[0] % std::size(kKinds)];
  const std::uint32_t line = data[1];
  const std::uint32_t column = static_cast<std::uint32_t>(data[2] % 32) + 1;
  edit.anchor = {0, line, column, line, column + 1};
  edit.key = "key";
  edit.text = edit.kind == Kind::kWord ? "min(0)" : "value, 1";
  if (data[2] >= 128) edit.path = {"below"};
  kingpost::SourceMap sources;
  sources.add("model.yaml", text);
  const auto change = kingpost::model::edit_model(edit, sources);
  if (!change) return 0;
  const auto after = kingpost::model::apply_edits(text, 0, {*change});
  require(after.has_value());
  const auto at = after->find(change->replacement);
  require(at != std::string::npos);
  require(after->size() <= text.size() + change->replacement.size());
  return 0;
}
