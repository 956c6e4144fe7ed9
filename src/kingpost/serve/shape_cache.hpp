#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "kingpost/ir/contract.hpp"

namespace kingpost::serve {

/// What the most recently used shapes compiled to; at most `capacity`. One loop's own.
template <typename Compiled>
class ShapeCache {
 public:
  explicit ShapeCache(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] std::shared_ptr<const Compiled> find(std::string_view shape) {
    const auto found = index_.find(shape);
    if (found == index_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->second;
  }

  void insert(std::string shape, std::shared_ptr<const Compiled> compiled) {
    order_.emplace_front(std::move(shape), std::move(compiled));
    index_[order_.front().first] = order_.begin();
    if (order_.size() <= capacity_) return;
    index_.erase(order_.back().first);
    order_.pop_back();
  }

  void clear() {
    index_.clear();
    order_.clear();
  }
  [[nodiscard]] std::size_t size() const noexcept { return order_.size(); }

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const Compiled>>;
  std::size_t capacity_;
  std::list<Entry> order_;
  /// Keys view the entries' own strings.
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;
};

}  // namespace kingpost::serve
