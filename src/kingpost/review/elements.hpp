#pragma once

#include <string>
#include <vector>

#include "kingpost/ir/system.hpp"

namespace kingpost::review {

/// Names places of a model: the element that begins at a place or, inside one, the last that began before it in that file.
class Elements {
 public:
  explicit Elements(const ir::System& system);
  /// `order.customer`, `place_order`, `slo`; the system's name for a place before everything or for none.
  [[nodiscard]] std::string at(const Span& span) const;

 private:
  struct Entry {
    Span span;
    std::string name;
  };
  void add(const Span& span, std::string name);
  std::string system_;
  std::vector<Entry> entries_;
};

}  // namespace kingpost::review
