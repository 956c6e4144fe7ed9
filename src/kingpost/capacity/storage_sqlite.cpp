#include <algorithm>
#include <cmath>

#include "kingpost/capacity/storage.hpp"

namespace kingpost::capacity::sqlite {
namespace {

constexpr double kPage = 4096;
constexpr double kLeafHeader = 8;
constexpr double kInteriorHeader = 12;
constexpr double kCellPointer = 2;
constexpr double kChild = 4;
constexpr double kTableLocal = kPage - 35;                    // most payload of a table's leaf cell
constexpr double kIndexLocal = (kPage - 12) * 64 / 255 - 23;  // and of an index's cell
constexpr double kLeastLocal = (kPage - 12) * 32 / 255 - 23;
constexpr double kRowidBytes = 3;  // a row's number up to eight million, as a record stores it

double varint(double value) {
  double bytes = 1;
  for (double most = 128; value >= most && bytes < 9; most *= 128) ++bytes;
  return bytes;
}

struct Payload {
  double local = 0;
  double outside = 0;  ///< overflow pages, in bytes
};

Payload split(double payload, double most_local) {
  if (payload <= most_local) return {payload, 0};
  const double least = std::floor(kLeastLocal);
  const double rest = std::fmod(payload - least, kPage - 4);
  const double local = least + rest <= most_local ? least + rest : least;
  return {local + 4, std::ceil((payload - local) / (kPage - 4)) * kPage};
}

/// Bytes of the s-th sample of a record of these columns, header included; `skip` is stored as a null.
double record_bytes(const std::vector<ColumnShape>& columns, std::size_t skip, std::size_t sample) {
  double header = 0;
  double body = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnShape& column = columns[i];
    const bool null = i == skip || (column.null_share > 0 && spread_sample(sample, 2 * i) < column.null_share);
    if (null) {
      header += 1;
      continue;
    }
    const double varied = column.bytes * (1 + column.spread * (2 * spread_sample(sample, 2 * i + 1) - 1));
    const double bytes = column.spread > 0 ? std::round(varied) : column.bytes;
    header += column.text ? varint(13 + 2 * bytes) : 1;
    body += bytes;
  }
  return header + varint(header + 1) + body;
}

double interior_pages(double leaves, double fan) {
  double pages = 0;
  for (double level = leaves; level > 1; level = std::ceil(level / fan)) pages += std::ceil(level / fan);
  return pages;
}

// Leaf pages as seeded trees of 20,000 to 1,000,000 entries had them: SQLite spreads entries over three neighbours before it splits.
constexpr double kTreeFill = 0.88;
constexpr double kStreamFill = 0.66;

}  // namespace

TableShape shape_table(const std::vector<ColumnShape>& columns, std::size_t alias, bool without_rowid) {
  TableShape shape;
  double least = 1e18;
  double most = 0;
  for (std::size_t s = 0; s < kSamples; ++s) {
    const double record = record_bytes(columns, alias, s);
    const Payload payload = split(record, without_rowid ? kIndexLocal : kTableLocal);
    const double item = varint(record) + (without_rowid ? 0 : kRowidBytes) + payload.local + kCellPointer;
    shape.item_bytes += item / kSamples;
    shape.outside_bytes += payload.outside / kSamples;
    least = std::min(least, item);
    most = std::max(most, item);
  }
  const double room = kPage - kLeafHeader;
  if (without_rowid) {
    shape.rows_a_page = room * kTreeFill / shape.item_bytes;
    shape.interior_fan = (kPage - kInteriorHeader) * kTreeFill / (shape.item_bytes + kChild);
  } else {
    // Rows come with rising numbers, so a page is filled until the next row does not fit.
    shape.rows_a_page = least == most ? std::floor(room / shape.item_bytes) : (room - shape.item_bytes / 2) / shape.item_bytes;
    shape.interior_fan = std::floor((kPage - kInteriorHeader) / (kChild + kRowidBytes + kCellPointer));
  }
  shape.rows_a_page = std::max(shape.rows_a_page, 1.0);
  shape.interior_fan = std::max(shape.interior_fan, 2.0);
  return shape;
}

double table_bytes(const TableShape& shape, double rows) {
  if (rows <= 0) return kPage;
  const double leaves = std::ceil(rows / shape.rows_a_page);
  return (leaves + interior_pages(leaves, shape.interior_fan)) * kPage + std::ceil(rows * shape.outside_bytes / kPage) * kPage;
}

void shape_index(IndexShape& index, const std::vector<ColumnShape>& columns, const std::vector<ColumnShape>& row_key) {
  std::vector<ColumnShape> key;
  for (const auto i : index.columns) key.push_back(columns[i]);
  key.insert(key.end(), row_key.begin(), row_key.end());
  index.item_bytes = 0;
  for (std::size_t s = 0; s < kSamples; ++s) {
    const double record = record_bytes(key, key.size(), s);
    const Payload payload = split(record, kIndexLocal);
    index.item_bytes += (varint(record) + payload.local + kCellPointer + payload.outside) / kSamples;
  }
  index.fill = index.ascending ? 0.98 : kTreeFill;
}

double index_bytes(const IndexShape& index, const IndexLoad& load) {
  if (load.rows <= 0) return kPage;
  const double fill = load.streams ? kStreamFill : index.fill;
  // Interior pages hold entries too, each with a child; so the tree is as large as its entries.
  const double leaves = std::ceil(load.rows * index.item_bytes / ((kPage - kLeafHeader) * fill));
  const double fan = std::max(2.0, std::floor((kPage - kInteriorHeader) * fill / (index.item_bytes + kChild)));
  return (leaves + interior_pages(leaves, fan)) * kPage;
}

}  // namespace kingpost::capacity::sqlite
