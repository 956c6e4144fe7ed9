#include "kingpost/plan/row_version.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstring>

namespace kingpost::plan {

std::string row_version(const RowSet& rows, std::size_t row, const std::vector<std::uint32_t>& columns) {
  std::string bytes;
  for (const std::uint32_t column : columns) {
    const CellView cell = rows.at(row, column).view();
    bytes += static_cast<char>(cell.kind);
    if (cell.kind == CellView::Kind::kText || cell.kind == CellView::Kind::kBlob) {
      bytes += std::to_string(cell.bytes.size());
      bytes += ':';
      bytes += cell.bytes;
    } else if (cell.kind != CellView::Kind::kNull) {
      char raw[sizeof(std::int64_t)];
      if (cell.kind == CellView::Kind::kInt) {
        std::memcpy(raw, &cell.integer, sizeof raw);
      } else {
        std::memcpy(raw, &cell.real, sizeof raw);
      }
      bytes.append(raw, sizeof raw);
    }
  }
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace kingpost::plan
