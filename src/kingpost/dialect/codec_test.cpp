#include "kingpost/dialect/codec.hpp"

#include <gtest/gtest.h>

#include "kingpost/ir/system.hpp"

namespace kingpost::dialect {
namespace {

using Kind = RawValue::Kind;

ir::LogicalType type_of(ir::Scalar scalar) {
  ir::LogicalType type;
  type.scalar = scalar;
  if (scalar == ir::Scalar::kDecimal) {
    type.precision = 6;
    type.scale = 2;
  }
  return type;
}

Result<Datum> put(ir::Scalar scalar, Kind kind, std::string text, Database database = Database::kSqlite) {
  const auto type = type_of(scalar);
  return encode(RawValue{kind, std::move(text)}, type, ir::default_storage(type), {nullptr, database});
}

std::string code(const Result<Datum>& result) { return result ? "ok" : result.error().code; }

CellView view(const Datum& datum) {
  CellView cell;
  if (const auto* integer = std::get_if<std::int64_t>(&datum)) {
    cell.kind = CellView::Kind::kInt;
    cell.integer = *integer;
  } else if (const auto* real = std::get_if<double>(&datum)) {
    cell.kind = CellView::Kind::kReal;
    cell.real = *real;
  } else if (const auto* text = std::get_if<std::string>(&datum)) {
    cell.kind = CellView::Kind::kText;
    cell.bytes = *text;
  } else if (const auto* blob = std::get_if<Blob>(&datum)) {
    cell.kind = CellView::Kind::kBlob;
    cell.bytes = blob->bytes;
  }
  return cell;
}

/// What a client reads back of what it sent.
std::string round_trip(ir::Scalar scalar, Kind kind, std::string text, ir::Storage storage, Database database = Database::kSqlite) {
  const auto type = type_of(scalar);
  const auto datum = encode(RawValue{kind, std::move(text)}, type, storage, {nullptr, database});
  if (!datum) return datum.error().code;
  std::string out;
  append_json(out, view(*datum), type, storage, database);
  return out;
}

std::string round_trip(ir::Scalar scalar, Kind kind, std::string text, Database database = Database::kSqlite) {
  return round_trip(scalar, kind, std::move(text), ir::default_storage(type_of(scalar)), database);
}

TEST(Codec, EveryTypeComesBackAsItWasSent) {
  for (const auto database : {Database::kSqlite, Database::kPostgres}) {
    EXPECT_EQ(round_trip(ir::Scalar::kBool, Kind::kBool, "true", database), "true");
    EXPECT_EQ(round_trip(ir::Scalar::kInt64, Kind::kNumber, "9007199254740993", database), "9007199254740993");
    EXPECT_EQ(round_trip(ir::Scalar::kDecimal, Kind::kNumber, "0.3", database), "0.30");
    EXPECT_EQ(round_trip(ir::Scalar::kDecimal, Kind::kText, "-12.5", database), "-12.50");
    EXPECT_EQ(round_trip(ir::Scalar::kFloat, Kind::kNumber, "0.30000000000000004", database), "0.30000000000000004");
    EXPECT_EQ(round_trip(ir::Scalar::kText, Kind::kText, "gr\xc3\xbc\xc3\x9f\n", database), "\"gr\xc3\xbc\xc3\x9f\\n\"");
    EXPECT_EQ(round_trip(ir::Scalar::kUuid, Kind::kText, "0190A000-0000-7000-8000-000000000001", database),
              "\"0190a000-0000-7000-8000-000000000001\"");
    EXPECT_EQ(round_trip(ir::Scalar::kDate, Kind::kText, "2024-02-29", database), "\"2024-02-29\"");
    EXPECT_EQ(round_trip(ir::Scalar::kTimestamp, Kind::kText, "2024-01-01T01:00:00.5+01:00", database), "\"2024-01-01T00:00:00.500Z\"");
    EXPECT_EQ(round_trip(ir::Scalar::kTime, Kind::kText, "13:14:15", database), "\"13:14:15\"");
    EXPECT_EQ(round_trip(ir::Scalar::kDuration, Kind::kText, "90m", database), "\"PT1H30M\"");
    EXPECT_EQ(round_trip(ir::Scalar::kJson, Kind::kJson, R"( {"b" : 1.0, "a": [true, null, "\u00e9"]} )", database),
              "{\"a\":[true,null,\"\xc3\xa9\"],\"b\":1.0}");
    EXPECT_EQ(round_trip(ir::Scalar::kBytes, Kind::kText, "AAECAw==", database), "\"AAECAw==\"");
  }
}

TEST(Codec, ImportedStorageKeepsItsFileFormat) {
  ir::Storage storage;
  storage.sqlite = ir::SqliteCodec::kReal;
  EXPECT_EQ(round_trip(ir::Scalar::kDecimal, Kind::kNumber, "0.99", storage), "0.99");
  EXPECT_EQ(round_trip(ir::Scalar::kDecimal, Kind::kNumber, "5", storage), "5.00");
  storage.sqlite = ir::SqliteCodec::kTimestampText;
  const auto type = type_of(ir::Scalar::kTimestamp);
  const auto stored = encode(RawValue{Kind::kText, "2009-01-02T00:00:00Z"}, type, storage, {nullptr, Database::kSqlite});
  EXPECT_EQ(std::get<std::string>(*stored), "2009-01-02 00:00:00");
  storage.sqlite = ir::SqliteCodec::kUuidText;
  EXPECT_EQ(round_trip(ir::Scalar::kUuid, Kind::kText, "0190a000000070008000000000000001", storage), "\"0190a000-0000-7000-8000-000000000001\"");
  storage.sqlite = ir::SqliteCodec::kUnixSeconds;
  EXPECT_EQ(round_trip(ir::Scalar::kTimestamp, Kind::kText, "2024-01-01T00:00:00Z", storage), "\"2024-01-01T00:00:00Z\"");
  EXPECT_EQ(round_trip(ir::Scalar::kTimestamp, Kind::kText, "2024-01-01T00:00:00.5Z", storage), "22007");
}

TEST(Codec, AnIntegerInANumericColumnIsNotScaled) {
  ir::Storage storage;
  storage.sqlite = ir::SqliteCodec::kReal;
  CellView cell;
  cell.kind = CellView::Kind::kInt;
  cell.integer = 1;
  std::string out;
  append_json(out, cell, type_of(ir::Scalar::kDecimal), storage, Database::kSqlite);
  EXPECT_EQ(out, "1.00");
}

TEST(Codec, MalformedValuesAreRefusedByCode) {
  EXPECT_EQ(code(put(ir::Scalar::kInt64, Kind::kText, "12a")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kInt64, Kind::kNumber, "1.5")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kInt64, Kind::kNumber, "9223372036854775808")), "22003");
  EXPECT_EQ(code(put(ir::Scalar::kInt64, Kind::kNumber, "1e3")), "ok");
  EXPECT_EQ(code(put(ir::Scalar::kInt32, Kind::kNumber, "2147483648")), "22003");
  EXPECT_EQ(code(put(ir::Scalar::kDecimal, Kind::kNumber, "1.005")), "22003");
  EXPECT_EQ(code(put(ir::Scalar::kDecimal, Kind::kNumber, "10000")), "22003");
  EXPECT_EQ(code(put(ir::Scalar::kDecimal, Kind::kText, "NaN")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kFloat, Kind::kText, "inf")), "22003");
  EXPECT_EQ(code(put(ir::Scalar::kFloat, Kind::kNumber, "1e400")), "22003");
  EXPECT_EQ(code(put(ir::Scalar::kBool, Kind::kText, "yes?")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kUuid, Kind::kText, "nope")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kUuid, Kind::kNumber, "1")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kDate, Kind::kText, "2023-02-29")), "22007");
  EXPECT_EQ(code(put(ir::Scalar::kTimestamp, Kind::kText, "yesterday")), "22007");
  EXPECT_EQ(code(put(ir::Scalar::kDuration, Kind::kText, "P1M")), "22007");
  EXPECT_EQ(code(put(ir::Scalar::kText, Kind::kText, std::string("a\0b", 3))), "22021");
  EXPECT_EQ(code(put(ir::Scalar::kText, Kind::kText, "\xff")), "22021");
  EXPECT_EQ(code(put(ir::Scalar::kText, Kind::kJson, "{}")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kText, Kind::kText, std::string(65'537, 'x'))), "22001");
  EXPECT_EQ(code(put(ir::Scalar::kBytes, Kind::kText, "AA=A")), "22P02");
  EXPECT_EQ(code(put(ir::Scalar::kBytes, Kind::kText, "AB==")), "22P02");
}

TEST(Codec, MalformedJsonIsRefused) {
  for (const auto* text : {"", "{", "{\"a\":1,}", "[1 2]", "01", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "nul", "[01]", "-", "1.", "tru", "\"\\ud800\""}) {
    EXPECT_NE(code(put(ir::Scalar::kJson, Kind::kJson, text)), "ok") << text;
  }
  EXPECT_EQ(code(put(ir::Scalar::kJson, Kind::kJson, "\"a\\u0000\"")), "22021");
  EXPECT_EQ(code(put(ir::Scalar::kJson, Kind::kJson, std::string(100, '[') + std::string(100, ']'))), "22P02");
}

TEST(Codec, AListHoldsItsElementTypeAndItsBound) {
  auto type = type_of(ir::Scalar::kList);
  auto element = type_of(ir::Scalar::kString);
  element.max_length = 3;
  type.element = std::make_shared<const ir::LogicalType>(element);
  type.max_length = 2;
  const auto list = [&](const char* text) { return code(encode(RawValue{Kind::kJson, text}, type, {}, {nullptr, Database::kSqlite})); };
  EXPECT_EQ(list(R"(["a","bcd"])"), "ok");
  EXPECT_EQ(list(R"(["abcd"])"), "22P02");
  EXPECT_EQ(list(R"([1])"), "22P02");
  EXPECT_EQ(list(R"(["a","b","c"])"), "22001");
  EXPECT_EQ(list(R"({"a":1})"), "22P02");
}

TEST(Codec, AnEnumTakesItsValuesAlone) {
  ir::System system;
  system.enums.push_back({"order.status", {"placed", "paid"}});
  auto type = type_of(ir::Scalar::kEnum);
  type.enumeration = ir::EnumId{0};
  const EncodeContext context{&system, Database::kSqlite};
  EXPECT_EQ(code(encode(RawValue{Kind::kText, "paid"}, type, {}, context)), "ok");
  const auto refused = encode(RawValue{Kind::kText, "gone"}, type, {}, context);
  EXPECT_EQ(code(refused), "22P02");
  EXPECT_EQ(refused.error().hint, "Allowed values: placed, paid.");
}

TEST(Codec, StrangeCellsAreShownAsTheyLie) {
  CellView cell;
  cell.kind = CellView::Kind::kText;
  cell.bytes = "not a number";
  std::string out;
  append_json(out, cell, type_of(ir::Scalar::kDecimal), {}, Database::kSqlite);
  EXPECT_EQ(out, "\"not a number\"");
  EXPECT_EQ(decode(cell, type_of(ir::Scalar::kInt64), {}, Database::kSqlite).error().code, "kp-stored-value");
}

}  // namespace
}  // namespace kingpost::dialect
