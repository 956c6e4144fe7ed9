#include "kingpost/protocol/rest/arguments.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kingpost::protocol::rest {
namespace {

ir::Member member(std::string name, ir::Scalar scalar) {
  ir::Member out;
  out.name = std::move(name);
  out.type.scalar = scalar;
  return out;
}

/// `pointer code` of every refused member, or the code of the error as a whole, or `fine`.
std::string checked(std::string_view body) {
  ir::System system;
  ir::Command command;
  command.name = "order_cake";
  command.input = {member("cake", ir::Scalar::kUuid), member("pieces", ir::Scalar::kInt64), member("note", ir::Scalar::kString)};
  command.input[1].min = *parse_decimal("1");
  command.input[1].max = *parse_decimal("12");
  command.input[2].type.max_length = 5;
  command.input[2].nullable = true;
  const auto result = check_arguments(body, command, system, Limits{});
  if (result) return "fine";
  if (result.error().errors.empty()) return result.error().code;
  std::string out;
  for (const FieldError& error : result.error().errors) out += (out.empty() ? "" : ", ") + error.pointer + " " + error.code;
  return out;
}

TEST(CheckArguments, TakesWhatFits) {
  EXPECT_EQ(checked(R"({"cake":"018f5b2e-0000-7000-8000-000000000001","pieces":3})"), "fine");
  EXPECT_EQ(checked(R"({"cake":"018f5b2e-0000-7000-8000-000000000001","pieces":12,"note":null})"), "fine");
}

TEST(CheckArguments, NamesEveryMemberThatDoesNotFit) {
  EXPECT_EQ(checked(""), "/cake 23502, /pieces 23502");
  EXPECT_EQ(checked(R"({"cake":"x","pieces":"many","note":"abcdef","other":1})"), "/other PGRST202, /cake 22P02, /pieces 22P02, /note 22001");
  EXPECT_EQ(checked(R"({"cake":"018f5b2e-0000-7000-8000-000000000001","pieces":0})"), "/pieces 23514");
  EXPECT_EQ(checked(R"({"cake":"018f5b2e-0000-7000-8000-000000000001","pieces":13})"), "/pieces 23514");
}

TEST(CheckArguments, RefusesWhatIsNoObject) {
  EXPECT_EQ(checked("["), "PGRST102");
  EXPECT_EQ(checked("[]"), "PGRST102");
  EXPECT_EQ(checked("[{}]"), "PGRST102");
  EXPECT_EQ(checked("7"), "PGRST102");
}

}  // namespace
}  // namespace kingpost::protocol::rest
