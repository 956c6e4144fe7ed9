#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "kingpost/base/datum.hpp"

namespace kingpost::plan {

/// A stored value in a RowSet; text and blobs point into the RowSet's arena. 16 bytes.
struct Cell {
  union {
    std::int64_t integer;
    double real;
    const char* data;
  };
  std::uint32_t length;
  CellView::Kind kind;

  Cell() noexcept : integer(0), length(0), kind(CellView::Kind::kNull) {}
  [[nodiscard]] CellView view() const noexcept {
    CellView result;
    result.kind = kind;
    if (kind == CellView::Kind::kInt) {
      result.integer = integer;
    } else if (kind == CellView::Kind::kReal) {
      result.real = real;
    } else if (kind != CellView::Kind::kNull) {
      result.bytes = std::string_view(data, length);
    }
    return result;
  }
};

/// Rows of one statement, row-major, reused between requests: clear() keeps the memory up to a bound. Not thread-safe.
class RowSet {
 public:
  /// Forgets all rows; the next ones have `columns` cells each.
  void reset(std::size_t columns);
  void push_null() { cells_.emplace_back(); }
  void push_int(std::int64_t value) {
    Cell& cell = cells_.emplace_back();
    cell.kind = CellView::Kind::kInt;
    cell.integer = value;
  }
  void push_real(double value);
  /// Copies the bytes.
  void push_text(std::string_view bytes);
  void push_blob(std::string_view bytes);

  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t rows() const noexcept { return columns_ == 0 ? bare_rows_ : cells_.size() / columns_; }
  [[nodiscard]] const Cell& at(std::size_t row, std::size_t column) const noexcept { return cells_[row * columns_ + column]; }
  /// Bytes held by text and blobs, for the response bound.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// Counts rows of a statement without columns (an UPDATE's changes).
  void set_bare_rows(std::size_t count) noexcept { bare_rows_ = count; }

 private:
  const char* copy(std::string_view bytes);

  std::vector<Cell> cells_;
  struct Chunk {
    std::unique_ptr<char[]> data;
    std::size_t size = 0;
  };
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;
  std::size_t used_ = 0;
  std::size_t columns_ = 0;
  std::size_t bare_rows_ = 0;
  std::size_t bytes_ = 0;
};

/// The RowSets of a Program, one a step, in step order.
using RowSets = std::vector<RowSet>;

}  // namespace kingpost::plan
