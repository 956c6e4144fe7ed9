#include <algorithm>
#include <cmath>

#include "kingpost/capacity/storage.hpp"

namespace kingpost::capacity::postgres {
namespace {

constexpr double kPage = 8192;
constexpr double kPageHeader = 24;
constexpr double kLinePointer = 4;
constexpr double kTupleHeader = 23;
constexpr double kShortVarlena = 126;     // bytes of data behind a one-byte header
constexpr double kToastThreshold = 2032;  // TOAST_TUPLE_THRESHOLD
constexpr double kToastPointer = 18;
constexpr double kToastChunk = 1996;
constexpr double kToastChunksAPage = 4;
constexpr double kIndexSpecial = 16;
constexpr double kIndexHeader = 8;
constexpr double kIndexHeaderWithNulls = 16;
constexpr double kTid = 6;
constexpr double kPostingMost = 1352;  // half of BTMaxItemSize, the bound of one posting list
constexpr double kInteriorFill = 0.7;
constexpr double kStreamFill = 0.56;

double up_to(double bytes, double boundary) { return std::ceil(bytes / boundary) * boundary; }

double place(double at, const ColumnShape& column, double bytes) {
  if (!column.variable) return up_to(at, column.align) + bytes;
  if (bytes <= kShortVarlena) return at + 1 + bytes;
  return up_to(at, 4) + 4 + bytes;
}

struct Sample {
  std::vector<double> bytes;  ///< negative = null
};

Sample sample_row(const std::vector<ColumnShape>& columns, std::size_t sample) {
  Sample row;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const ColumnShape& column = columns[i];
    const bool null = column.null_share > 0 && spread_sample(sample, 2 * i) < column.null_share;
    const double varied = column.bytes * (1 + column.spread * (2 * spread_sample(sample, 2 * i + 1) - 1));
    row.bytes.push_back(null ? -1 : column.spread > 0 ? std::round(varied) : column.bytes);
  }
  return row;
}

double tuple_bytes(const std::vector<ColumnShape>& columns, const Sample& row) {
  const bool nulls = std::any_of(row.bytes.begin(), row.bytes.end(), [](double bytes) { return bytes < 0; });
  const double header = up_to(kTupleHeader + (nulls ? std::ceil(static_cast<double>(columns.size()) / 8) : 0), 8);
  double at = 0;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (row.bytes[i] >= 0) at = place(at, columns[i], row.bytes[i]);
  }
  return header + at;
}

/// Compresses, then moves out the largest values until the tuple fits; answers the bytes outside.
double move_out(const std::vector<ColumnShape>& columns, Sample& row, double ratio) {
  double outside = 0;
  std::vector<bool> compressed(columns.size());
  while (tuple_bytes(columns, row) > kToastThreshold) {
    std::size_t largest = columns.size();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].variable && row.bytes[i] > kToastPointer && (largest == columns.size() || row.bytes[i] > row.bytes[largest])) largest = i;
    }
    if (largest == columns.size()) break;
    if (!compressed[largest]) {
      row.bytes[largest] = std::ceil(row.bytes[largest] * ratio);
      compressed[largest] = true;
      if (ratio < 1) continue;
    }
    // Each chunk is a row of three columns and an entry of the TOAST table's own index.
    const double chunks = std::ceil(row.bytes[largest] / kToastChunk);
    const double last = row.bytes[largest] - (chunks - 1) * kToastChunk;
    const double entry = 20 / 0.9;
    outside += (chunks - 1) * (kPage / kToastChunksAPage + entry) + (up_to(kTupleHeader + 1 + 8 + 4 + last, 8) + kLinePointer + entry);
    row.bytes[largest] = kToastPointer - 1;
  }
  return outside;
}

}  // namespace

TableShape shape_table(const std::vector<ColumnShape>& columns, const Assumptions& assume) {
  TableShape shape;
  double least = 1e18;
  double most = 0;
  for (std::size_t s = 0; s < kSamples; ++s) {
    Sample row = sample_row(columns, s);
    if (tuple_bytes(columns, row) > kToastThreshold) shape.outside_bytes += move_out(columns, row, assume[Input::kToastRatio]) / kSamples;
    const double item = up_to(tuple_bytes(columns, row), 8) + kLinePointer;
    shape.item_bytes += item / kSamples;
    least = std::min(least, item);
    most = std::max(most, item);
  }
  const double room = kPage - kPageHeader;
  // A page is left when the next row does not fit: rows of one size leave a fixed rest, others on average half a row.
  shape.rows_a_page = least == most ? std::floor(room / shape.item_bytes) : (room - shape.item_bytes / 2) / shape.item_bytes;
  shape.rows_a_page = std::max(shape.rows_a_page, 1.0);
  return shape;
}

double table_bytes(const TableShape& shape, double rows) {
  if (rows <= 0) return 0;
  return std::ceil(rows / shape.rows_a_page) * kPage + std::ceil(rows * shape.outside_bytes / kPage) * kPage;
}

void shape_index(IndexShape& index, const std::vector<ColumnShape>& columns) {
  std::vector<ColumnShape> key;
  index.merges = !index.unique;
  for (const auto i : index.columns) {
    key.push_back(columns[i]);
    index.merges = index.merges && columns[i].sortable;
  }
  index.key_bytes = 0;
  for (std::size_t s = 0; s < kSamples; ++s) {
    const Sample row = sample_row(key, s);
    double at = 0;
    bool nulls = false;
    for (std::size_t i = 0; i < key.size(); ++i) {
      nulls = nulls || row.bytes[i] < 0;
      if (row.bytes[i] >= 0) at = place(at, key[i], row.bytes[i]);
    }
    index.key_bytes += up_to((nulls ? kIndexHeaderWithNulls : kIndexHeader) + at, 8) / kSamples;
  }
  index.item_bytes = index.key_bytes + kLinePointer;
  index.fill = index.ascending ? 0.9 : 0.7;
}

double index_bytes(const IndexShape& index, const IndexLoad& load) {
  if (load.rows <= 0) return kPage;  // the meta page
  double bytes = load.rows * index.item_bytes;
  const double duplicates = load.distinct > 0 ? load.rows / load.distinct : 1;
  if (index.merges && duplicates > 1) {
    const double together = std::max(1.0, std::min(duplicates, (kPostingMost - index.key_bytes) / kTid));
    bytes = std::min(bytes, load.rows * (index.item_bytes / together + kTid));
  }
  const double room = kPage - kPageHeader - kIndexSpecial - index.item_bytes;
  const double leaves = std::ceil(bytes / (room * (load.streams ? kStreamFill : index.fill)));
  const double fan = std::max(2.0, std::floor(room * kInteriorFill / index.item_bytes));
  double pages = 1 + leaves;
  for (double level = leaves; level > 1; level = std::ceil(level / fan)) pages += std::ceil(level / fan);
  return pages * kPage;
}

}  // namespace kingpost::capacity::postgres
