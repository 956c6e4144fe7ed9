#include "kingpost/protocol/rest/body.hpp"

#include <gtest/gtest.h>

namespace kingpost::protocol::rest {
namespace {

std::string code_of(std::string_view body) {
  request::Request request;
  auto parsed = parse_json_rows(body, Limits{}, request);
  return parsed ? "" : parsed.error().code;
}

TEST(Body, values_keep_their_exact_text) {
  request::Request request;
  ASSERT_TRUE(parse_json_rows(R"({"a": 12.30, "b": "x\u00e9", "c": null, "d": true, "e": {"k": [1, 2]}})", Limits{}, request).has_value());
  EXPECT_FALSE(request.rows_are_array);
  EXPECT_EQ(request.rows.cells[0].text, "12.30");
  EXPECT_EQ(request.rows.cells[1].text, "x\xC3\xA9");
  EXPECT_EQ(request.rows.cells[2].kind, RawValue::Kind::kNull);
  EXPECT_EQ(request.rows.cells[4].text, R"({"k": [1, 2]})");
}

TEST(Body, rows_of_an_array_share_their_keys_in_any_order) {
  request::Request request;
  ASSERT_TRUE(parse_json_rows(R"([{"a":1,"b":2},{"b":4,"a":3}])", Limits{}, request).has_value());
  EXPECT_EQ(request.rows.row_count, 2U);
  EXPECT_EQ(request.rows.cell(1, 0).text, "3");
}

TEST(Body, uneven_keys_need_columns) {
  EXPECT_EQ(code_of(R"([{"a":1},{"b":2}])"), "PGRST102");
  request::Request request;
  request.has_columns = true;
  request.columns = {"a", "b"};
  ASSERT_TRUE(parse_json_rows(R"([{"a":1,"z":9},{"b":2}])", Limits{}, request).has_value());
  EXPECT_EQ(request.rows.cell(0, 1).kind, RawValue::Kind::kAbsent);
  EXPECT_EQ(request.rows.cell(1, 1).text, "2");
}

TEST(Body, malformed_bodies_are_refused) {
  for (const std::string_view body :
       {"", "{", "[1]", "3", "{\"a\":1}x", "{\"a\":01}", "{\"a\":\"\xff\"}", "[{\"a\":1},]", "{\"a\":1,\"a\":2}", "{\"a\":[1,}"}) {
    EXPECT_EQ(code_of(body), "PGRST102") << body;
  }
  EXPECT_EQ(code_of(R"({"a":"\u0000"})"), "22021");
  EXPECT_EQ(code_of("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"), "PGRST102");
}

}  // namespace
}  // namespace kingpost::protocol::rest
