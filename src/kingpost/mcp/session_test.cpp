#include "kingpost/mcp/session.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kingpost::mcp {
namespace {

Catalogue make_catalogue() {
  Catalogue out;
  out.version = "9";
  out.instructions = "say \"hello\"";
  Tool tool;
  tool.name = "greet";
  tool.arguments = {{"who", ArgumentKind::kText, "a name", true, {}},
                    {"tone", ArgumentKind::kText, "", false, {"warm", "cold"}},
                    {"tags", ArgumentKind::kTexts, "", false, {}},
                    {"loud", ArgumentKind::kBoolean, "", false, {}}};
  tool.prepare = [](const Json&, const std::string&) -> Result<Work> { return Work{}; };
  out.tools.push_back(tool);
  out.resources.push_back({"kingpost://a", "a", "", "text/plain", [] { return std::string("text of a"); }});
  out.prompts.push_back(
      {"begin", "", {{"what", ArgumentKind::kText, "", true, {}}}, [](const Json& given) { return "about " + given.text_of("what"); }});
  return out;
}

constexpr std::string_view kInitialize = R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}})";

class SessionTest : public ::testing::Test {
 protected:
  Json reply(std::string_view line) {
    const Reaction reaction = session_.receive(line);
    EXPECT_FALSE(reaction.call);
    const Result<Json> out = parse_json(reaction.reply);
    EXPECT_TRUE(out) << reaction.reply;
    return out ? *out : Json{};
  }
  std::string code(std::string_view line) { return reply(line).find("error")->find("code")->text; }
  void begin() { reply(kInitialize); }

  Catalogue catalogue_ = make_catalogue();
  Session session_{catalogue_};
};

TEST_F(SessionTest, AnswersInTheVersionAskedForOrItsNewest) {
  EXPECT_EQ(reply(kInitialize).find("result")->text_of("protocolVersion"), "2025-06-18");
  const Json other = reply(R"({"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"1999-01-01"}})");
  EXPECT_EQ(other.find("result")->text_of("protocolVersion"), "2025-11-25");
  EXPECT_EQ(other.find("result")->text_of("instructions"), "say \"hello\"");
}

TEST_F(SessionTest, RefusesWhatIsNoRequestWithTheCodesOfJsonRpc) {
  EXPECT_EQ(code("{"), "-32700");
  EXPECT_EQ(code("[]"), "-32600");
  EXPECT_EQ(code("7"), "-32600");
  EXPECT_EQ(code(R"({"id":1,"method":"ping"})"), "-32600");
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":null,"method":"ping"})"), "-32600");
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1})"), "-32600");
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})"), "-32600") << "before initialize";
  begin();
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"tools/burn"})"), "-32601");
  EXPECT_EQ(code(std::string(100, '[') + std::string(100, ']')), "-32700") << "deeper than kMaxJsonDepth";
}

TEST_F(SessionTest, SaysNothingToNotificationsAndAnswers) {
  for (const char* line : {R"({"jsonrpc":"2.0","method":"notifications/initialized"})", R"({"jsonrpc":"2.0","id":7,"result":{}})",
                           R"({"jsonrpc":"2.0","method":"no/such"})"}) {
    EXPECT_EQ(session_.receive(line).reply, "") << line;
  }
  const Reaction cancelled = session_.receive(R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"x"}})");
  EXPECT_EQ(cancelled.cancel, "\"x\"");
}

TEST_F(SessionTest, ChecksArgumentsAgainstTheDeclaration) {
  begin();
  const auto call = [](std::string_view arguments) {
    return std::string(R"({"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"greet","arguments":)") + std::string(arguments) + "}}";
  };
  const char* refused[] = {"{}",
                           R"({"who":7})",
                           R"({"who":"a","tone":"hot"})",
                           R"({"who":"a","tags":"x"})",
                           R"({"who":"a","tags":[1]})",
                           R"({"who":"a","loud":"yes"})",
                           R"({"who":"a","other":1})",
                           R"({"who":"a\u0000b"})",
                           "[]"};
  for (const char* arguments : refused) EXPECT_EQ(code(call(arguments)), "-32602") << arguments;
  const Reaction good = session_.receive(call(R"({"who":"a","tone":"warm","tags":["x"],"loud":true})"));
  ASSERT_TRUE(good.call);
  EXPECT_EQ(good.call->tool->name, "greet");
  EXPECT_EQ(good.call->id, "5");
}

TEST_F(SessionTest, ListsWhatTheCatalogueHolds) {
  begin();
  const Json tools = reply(R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})");
  const Json& tool = tools.find("result")->find("tools")->items.at(0);
  EXPECT_EQ(tool.find("inputSchema")->find("properties")->find("tone")->find("enum")->items.size(), 2U);
  EXPECT_EQ(tool.find("annotations")->find("readOnlyHint")->text, "true");
  const Json read = reply(R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"kingpost://a"}})");
  EXPECT_EQ(read.find("result")->find("contents")->items.at(0).text_of("text"), "text of a");
  EXPECT_EQ(code(R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"kingpost://b"}})"), "-32002");
  const Json prompt = reply(R"({"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"begin","arguments":{"what":"a shop"}}})");
  EXPECT_EQ(prompt.find("result")->find("messages")->items.at(0).find("content")->text_of("text"), "about a shop");
}

TEST(AnswerTest, FindingsAreAResultAndFailureIsAnError) {
  const auto is_error = [](int exit_code) { return parse_json(answer_call("1", {exit_code, "out", "note"}))->find("result")->find("isError")->text; };
  EXPECT_EQ(is_error(0), "false");
  EXPECT_EQ(is_error(1), "false");
  EXPECT_EQ(is_error(2), "true");
  EXPECT_EQ(is_error(137), "true");
}

TEST(AnswerTest, OutputThatIsNoUtf8StillMakesJson) {
  const Result<Json> out = parse_json(answer_call("1", {0, "a\xff\xfe z \xc3", ""}));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->find("result")->find("structuredContent")->text_of("output"), "a\xEF\xBF\xBD\xEF\xBF\xBD z \xEF\xBF\xBD");
}

}  // namespace
}  // namespace kingpost::mcp
