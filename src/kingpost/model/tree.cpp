#include "kingpost/model/tree.hpp"

namespace kingpost::model {

const Node* Node::find(std::string_view key) const noexcept {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

}  // namespace kingpost::model
