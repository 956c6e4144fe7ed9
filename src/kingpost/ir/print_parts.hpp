#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/ir/system.hpp"

namespace kingpost::ir {

/// Collects indented lines.
class Printer {
 public:
  void line(std::string_view text);
  void push() { ++depth_; }
  void pop() { --depth_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::size_t depth_ = 0;
};

/// The text of an expression, `-` for none.
[[nodiscard]] std::string text_of(const cel::ExprPtr& expr);
[[nodiscard]] std::string joined(const std::vector<std::string>& words);
/// Field names of `entity`, separated by commas.
[[nodiscard]] std::string names_of(const Entity& entity, const std::vector<FieldId>& fields);

void print_entity(Printer& out, const System& system, const Entity& entity);
void print_behaviour(Printer& out, const System& system);

}  // namespace kingpost::ir
