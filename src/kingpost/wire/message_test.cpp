#include "kingpost/wire/message.hpp"

#include <gtest/gtest.h>

#include "kingpost/wire/deadlines.hpp"
#include "kingpost/wire/task.hpp"

namespace kingpost::wire {
namespace {

TEST(HttpResponse, RefusesHeadersThatForgeLinesOrBelongToTheWire) {
  HttpResponse response;
  EXPECT_TRUE(response.add_header("ETag", "\"1\""));
  EXPECT_FALSE(response.add_header("X", "a\r\nSet-Cookie: b"));
  EXPECT_FALSE(response.add_header("X", std::string_view("a\0b", 3)));
  EXPECT_FALSE(response.add_header("X Y", "a"));
  EXPECT_FALSE(response.add_header("", "a"));
  EXPECT_FALSE(response.add_header("content-LENGTH", "1"));
  EXPECT_FALSE(response.add_header("Transfer-Encoding", "chunked"));
  EXPECT_EQ(response.headers, "ETag: \"1\"\r\n");
}

TEST(HttpRequest, SplitsItsTarget) {
  HttpRequest request;
  request.target = "/a/b?c=d?e";
  EXPECT_EQ(request.path(), "/a/b");
  EXPECT_EQ(request.query(), "c=d?e");
  request.target = "/a";
  EXPECT_EQ(request.path(), "/a");
  EXPECT_EQ(request.query(), "");
}

TEST(ProblemBody, HoldsTheStandardAndTheLegacyKeys) {
  EXPECT_EQ(problem_body(400, "http-host", "No host."),
            "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"No host.\",\"instance\":null,"
            "\"code\":\"http-host\",\"message\":\"No host.\",\"details\":null,\"hint\":null}");
}

TEST(Task, RunsOnceAndOwnsWhatItCaptured) {
  int runs = 0;
  Task task([owned = std::make_unique<int>(7), &runs] { runs += *owned; });
  EXPECT_TRUE(static_cast<bool>(task));
  task();
  EXPECT_FALSE(static_cast<bool>(task));
  EXPECT_EQ(runs, 7);
}

TEST(Deadlines, ExpireInOrderAndRenew) {
  Deadlines deadlines({100, 10, 20, 30, 40, 50});
  DeadlineNode idle;
  DeadlineNode head;
  DeadlineNode other;
  EXPECT_EQ(deadlines.earliest_ms(), -1);
  deadlines.set(idle, Wait::kIdle, 0);
  deadlines.set(head, Wait::kHead, 0);
  deadlines.set(other, Wait::kHead, 5);
  EXPECT_EQ(deadlines.earliest_ms(), 10);
  EXPECT_EQ(deadlines.pop_expired(9), nullptr);
  deadlines.set(head, Wait::kHead, 8);
  EXPECT_EQ(deadlines.pop_expired(16), &other);
  EXPECT_EQ(deadlines.pop_expired(16), nullptr);
  Deadlines::remove(head);
  EXPECT_EQ(deadlines.pop_expired(100), &idle);
  EXPECT_EQ(deadlines.earliest_ms(), -1);
}

}  // namespace
}  // namespace kingpost::wire
