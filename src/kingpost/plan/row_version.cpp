#include "kingpost/plan/row_version.hpp"

#include <xxhash.h>

#include <array>
#include <cstring>
#include <numeric>
#include <string_view>

namespace kingpost::plan {
namespace {

/// Eight bytes, least significant first on every machine.
void append_number(std::string& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>((value >> shift) & 0xFFU);
}

void append_cell(std::string& out, const CellView& cell) {
  out += static_cast<char>(cell.kind);
  switch (cell.kind) {
    case CellView::Kind::kNull:
      break;
    case CellView::Kind::kInt:
      append_number(out, static_cast<std::uint64_t>(cell.integer));
      break;
    case CellView::Kind::kReal: {
      std::uint64_t bits = 0;
      std::memcpy(&bits, &cell.real, sizeof bits);
      append_number(out, bits);
      break;
    }
    case CellView::Kind::kText:
    case CellView::Kind::kBlob:
      append_number(out, cell.bytes.size());
      out += cell.bytes;
      break;
  }
}

}  // namespace

std::string row_version(const RowSet& rows, std::size_t row, const std::vector<std::uint32_t>& columns) {
  if (columns.size() == 1) {
    const auto cell = rows.at(row, columns.front()).view();
    if (cell.kind == CellView::Kind::kInt) return std::to_string(cell.integer);
  }
  std::string bytes;
  for (const auto column : columns) append_cell(bytes, rows.at(row, column).view());
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * sizeof canonical.digest);
  for (const unsigned char byte : canonical.digest) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

std::string row_version(const RowSet& rows, std::size_t row, std::uint32_t first, std::size_t count) {
  std::vector<std::uint32_t> columns(count);
  std::iota(columns.begin(), columns.end(), first);
  return row_version(rows, row, columns);
}

}  // namespace kingpost::plan
