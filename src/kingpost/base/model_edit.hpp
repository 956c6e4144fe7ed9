#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost {

/// A change of a model that knows names but no text: whoever holds the text turns it into text edits.
struct ModelEdit {
  enum class Kind : std::uint8_t {
    kSet,     ///< the member `key` of the map at `path` becomes `text`, and is added when missing
    kWord,    ///< the field at `path` gets the modifier `text`, such as `on_delete(restrict)`; one of that name is replaced
    kType,    ///< the field at `path` gets the type `text`
    kRemove,  ///< the member `key` of the map at `path` goes
    kItem,    ///< the list `key` of the map at `path` gets the item `text`, and is made when missing
  };
  Kind kind = Kind::kSet;
  Span anchor{};                    ///< of an element's name, or of a step; unknown: the root of the model
  std::vector<std::string> path{};  ///< keys below the anchor's value; missing maps are made
  std::string key{};
  std::string text{};  ///< model text of one line: a scalar or a flow collection
};

}  // namespace kingpost
