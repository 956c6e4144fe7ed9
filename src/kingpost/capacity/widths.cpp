#include <algorithm>
#include <cmath>

#include "kingpost/capacity/storage.hpp"

namespace kingpost::capacity {
namespace {

using ir::Scalar;

constexpr double kTextSpread = 0.5;
constexpr std::uint32_t kShortString = 8;

double enum_bytes(const ir::System& system, const ir::LogicalType& type) {
  if (!type.enumeration.valid()) return 8;
  const auto& values = system.enums[type.enumeration.index()].values;
  double sum = 0;
  for (const auto& value : values) sum += static_cast<double>(value.size());
  return values.empty() ? 8 : sum / static_cast<double>(values.size());
}

double bounded_text(const ir::LogicalType& type, double otherwise) {
  return type.max_length > 0 ? std::min(otherwise, static_cast<double>(type.max_length)) : otherwise;
}

/// Bytes of a value printed as text, without quotes.
double text_bytes(const ir::System& system, const ir::LogicalType& type, const Assumptions& assume) {
  const double length = type.max_length;
  switch (type.scalar) {
    case Scalar::kBool:
      return 5;
    case Scalar::kInt64:
    case Scalar::kInt32:
      return 1 + 2 * assume[Input::kIntegerBytes];
    case Scalar::kDecimal:
      return assume[Input::kDecimalDigits] + 1 + static_cast<double>(type.scale);
    case Scalar::kFloat:
      return 10;
    case Scalar::kString:
      if (type.max_length == 0) return assume[Input::kStringCap];
      if (type.max_length <= kShortString) return length;
      return std::min({length, 4 + assume[Input::kStringShare] * length, std::max<double>(kShortString, assume[Input::kStringCap])});
    case Scalar::kText:
      return bounded_text(type, assume[Input::kTextBytes]);
    case Scalar::kUuid:
      return 36;
    case Scalar::kDate:
      return 10;
    case Scalar::kTime:
      return 8;
    case Scalar::kTimestamp:
      return 24;
    case Scalar::kDuration:
      return 8;
    case Scalar::kJson:
      return assume[Input::kJsonBytes];
    case Scalar::kBytes:
      return bounded_text(type, assume[Input::kBinaryBytes]);
    case Scalar::kEnum:
      return enum_bytes(system, type);
    case Scalar::kList:
      return 2 + assume[Input::kListItems] * (3 + (type.element ? text_bytes(system, *type.element, assume) : 8));
    case Scalar::kRecord:
      return assume[Input::kJsonBytes];
  }
  return 8;
}

bool is_text(Scalar scalar) { return scalar == Scalar::kString || scalar == Scalar::kText || scalar == Scalar::kEnum; }

void shape_postgres(ColumnShape& shape, const ir::Field& field) {
  const auto fixed = [&shape](double bytes, double align) {
    shape.bytes = bytes;
    shape.align = align;
    shape.variable = false;
    shape.spread = 0;
  };
  switch (field.type.scalar) {
    case Scalar::kBool:
      return fixed(1, 1);
    case Scalar::kInt32:
      return field.storage.postgres == ir::PostgresCodec::kSmallint ? fixed(2, 2) : fixed(4, 4);
    case Scalar::kInt64:
    case Scalar::kTimestamp:
    case Scalar::kTime:
    case Scalar::kDuration:
    case Scalar::kFloat:
      return fixed(8, 8);
    case Scalar::kDate:
      return fixed(4, 4);
    case Scalar::kUuid:
      return fixed(16, 1);
    default:
      shape.variable = true;
  }
}

/// numeric: two bytes of header and two for each four digits on either side of the point.
double numeric_bytes(const ir::LogicalType& type, const Assumptions& assume) {
  const double whole = std::min<double>(assume[Input::kDecimalDigits], type.precision == 0 ? 38 : std::max(1U, type.precision - type.scale));
  return 2 + 2 * (std::ceil(whole / 4) + std::ceil(static_cast<double>(type.scale) / 4));
}

/// jsonb: a header, an entry of four bytes for each key and value, then their bytes without quotes; a document of ordinary short members
/// takes about a fifth more than its text.
double jsonb_bytes(double text) { return 8 + 1.2 * text; }

/// Bytes that SQLite stores of an integer of this magnitude.
double integer_bytes(double magnitude) {
  if (magnitude <= 1) return 0;
  double most = 128;
  for (const double bytes : {1.0, 2.0, 3.0, 4.0}) {
    if (magnitude < most) return bytes;
    most *= 256;
  }
  return magnitude < 140'737'488'355'328.0 ? 6 : 8;
}

double sqlite_bytes(const ir::Field& field, double text, const Assumptions& assume) {
  switch (field.storage.sqlite) {
    case ir::SqliteCodec::kScaledInteger:
      return integer_bytes(std::pow(10, assume[Input::kDecimalDigits] + static_cast<double>(field.type.scale)) / 2);
    case ir::SqliteCodec::kReal:
      return 8;
    case ir::SqliteCodec::kUuidBlob:
      return 16;
    case ir::SqliteCodec::kMicros:
      return field.type.scalar == Scalar::kTimestamp ? 8 : 6;
    case ir::SqliteCodec::kUnixSeconds:
      return 4;
    case ir::SqliteCodec::kTimestampText:
      return 19;
    default:
      break;
  }
  switch (field.type.scalar) {
    case Scalar::kBool:
      return 0;  // the serial types 8 and 9 are the numbers 0 and 1
    case Scalar::kInt64:
    case Scalar::kInt32:
      return field.generated == ir::Generated::kVersion ? 1 : assume[Input::kIntegerBytes];
    case Scalar::kFloat:
      return 8;
    default:
      return text;
  }
}

}  // namespace

double spread_sample(std::size_t sample, std::size_t column) {
  // Multiples of an irrational number fill the interval evenly (Weyl); the square roots of primes give each column its own.
  constexpr std::uint64_t kPrimes[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97};
  constexpr std::size_t kCountOfPrimes = std::size(kPrimes);
  const std::size_t round = 1 + column / kCountOfPrimes;
  const double root = std::sqrt(static_cast<double>(kPrimes[column % kCountOfPrimes])) * static_cast<double>(round);
  const double at = (static_cast<double>(sample) + 0.5) * root;
  return at - std::floor(at);
}

ColumnShape shape_column(const ir::System& system, const ir::Entity& entity, const ir::Field& field, Database database, const Assumptions& assume) {
  ColumnShape shape;
  const Scalar scalar = field.type.scalar;
  const double text = text_bytes(system, field.type, assume);
  shape.null_share = field.nullable && field.generated == ir::Generated::kNo ? assume[Input::kNullShare] : 0;
  shape.bytes = text;
  shape.spread = is_text(scalar) && scalar != Scalar::kEnum ? kTextSpread : 0;
  if (scalar == Scalar::kJson || scalar == Scalar::kList || scalar == Scalar::kBytes) shape.spread = kTextSpread;
  if (database == Database::kPostgres) {
    if (scalar == Scalar::kDecimal) shape.bytes = numeric_bytes(field.type, assume);
    const bool jsonb = scalar == Scalar::kJson || scalar == Scalar::kList;
    if (jsonb && field.storage.postgres != ir::PostgresCodec::kJsonText) shape.bytes = jsonb_bytes(text);
    shape.sortable = scalar != Scalar::kDecimal && scalar != Scalar::kFloat && !jsonb;
    shape_postgres(shape, field);
  } else {
    shape.bytes = sqlite_bytes(field, text, assume);
    const bool number = field.storage.sqlite != ir::SqliteCodec::kNative && field.storage.sqlite != ir::SqliteCodec::kUuidText;
    if (number) shape.spread = 0;
    shape.text = shape.spread > 0 || is_text(scalar) || scalar == Scalar::kUuid || shape.bytes > 8;
  }
  const ColumnFacts* facts = assume.column(entity.name, field.name);
  if (facts == nullptr) return shape;
  if (facts->null_share >= 0) shape.null_share = facts->null_share;
  const bool fixed = database == Database::kPostgres && !shape.variable;
  if (facts->bytes >= 0 && !fixed) shape.bytes = facts->bytes;
  return shape;
}

double json_bytes(const ir::System& system, const ir::Entity& entity, const ir::Field& field, const Assumptions& assume) {
  double bytes = text_bytes(system, field.type, assume);
  const ColumnFacts* facts = assume.column(entity.name, field.name);
  const Scalar scalar = field.type.scalar;
  if (facts != nullptr && facts->bytes >= 0 && (is_text(scalar) || scalar == Scalar::kJson || scalar == Scalar::kList)) bytes = facts->bytes;
  if (scalar == Scalar::kBytes) bytes *= 4.0 / 3;
  const bool quoted = scalar != Scalar::kBool && scalar != Scalar::kInt64 && scalar != Scalar::kInt32 && scalar != Scalar::kDecimal &&
                      scalar != Scalar::kFloat && scalar != Scalar::kJson && scalar != Scalar::kList;
  const double nulls = field.nullable ? assume[Input::kNullShare] : 0;
  return static_cast<double>(field.column.size()) + 4 + nulls * 4 + (1 - nulls) * (bytes + (quoted ? 2 : 0));
}

}  // namespace kingpost::capacity
