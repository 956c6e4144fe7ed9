#include "kingpost/plan/row_set.hpp"

#include <algorithm>
#include <cstring>

namespace kingpost::plan {
namespace {

constexpr std::size_t kChunkBytes = 16 << 10;
/// What a RowSet keeps between requests; more is given back.
constexpr std::size_t kKeptBytes = 1 << 20;
constexpr std::size_t kKeptCells = 64 << 10;

}  // namespace

void RowSet::reset(std::size_t columns) {
  cells_.clear();
  if (cells_.capacity() > kKeptCells) cells_.shrink_to_fit();
  std::size_t kept = 0;
  std::size_t count = 0;
  while (count < chunks_.size() && kept + chunks_[count].size <= kKeptBytes) kept += chunks_[count++].size;
  chunks_.resize(count);
  chunk_ = 0;
  used_ = 0;
  columns_ = columns;
  bare_rows_ = 0;
  bytes_ = 0;
}

const char* RowSet::copy(std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes.empty()) return "";
  while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < bytes.size()) {
    ++chunk_;
    used_ = 0;
  }
  if (chunk_ == chunks_.size()) {
    const auto size = std::max(kChunkBytes, bytes.size());
    chunks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    used_ = 0;
  }
  char* const target = chunks_[chunk_].data.get() + used_;
  std::memcpy(target, bytes.data(), bytes.size());
  used_ += bytes.size();
  return target;
}

void RowSet::push_real(double value) {
  auto& cell = cells_.emplace_back();
  cell.kind = CellView::Kind::kReal;
  cell.real = value;
}

void RowSet::push_text(std::string_view bytes) {
  const char* const data = copy(bytes);
  auto& cell = cells_.emplace_back();
  cell.kind = CellView::Kind::kText;
  cell.data = data;
  cell.length = static_cast<std::uint32_t>(bytes.size());
}

void RowSet::push_blob(std::string_view bytes) {
  push_text(bytes);
  cells_.back().kind = CellView::Kind::kBlob;
}

}  // namespace kingpost::plan
