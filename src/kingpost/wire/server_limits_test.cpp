#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "kingpost/wire/test_client.hpp"
#include "kingpost/wire/test_server.hpp"

namespace kingpost::wire {
namespace {

constexpr std::string_view kHost = " HTTP/1.1\r\nHost: localhost\r\n\r\n";

Limits short_limits() {
  Limits limits;
  limits.head_timeout_ms = 200;
  limits.body_timeout_ms = 200;
  limits.write_timeout_ms = 300;
  limits.idle_timeout_ms = 200;
  limits.request_timeout_ms = 200;
  limits.drain_timeout_ms = 300;
  return limits;
}

class ServerLimits : public testing::Test {
 protected:
  void start(const Limits& limits) { server_ = start_echo(seen_, limits); }
  Seen seen_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerLimits, EndsASlowHeadWith408HoweverItDrips) {
  start(short_limits());
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("GET /x HTTP/1.1\r\n"));
  const auto begun = std::chrono::steady_clock::now();
  while (!client.ends_within(0) && std::chrono::steady_clock::now() - begun < std::chrono::seconds(5)) {
    if (!client.send("a: b\r\n") || std::chrono::steady_clock::now() - begun > std::chrono::milliseconds(400)) {
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_TRUE(client.ends());
  EXPECT_EQ(seen_.count(), 0U);
}

TEST_F(ServerLimits, EndsASlowBodyWith408) {
  start(short_limits());
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc"));
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  EXPECT_NE(answer->body.find("http-body-timeout"), std::string::npos);
  EXPECT_TRUE(client.ends());
}

TEST_F(ServerLimits, ClosesSilentConnectionsWithoutAWord) {
  start(short_limits());
  TestClient never(server_->port());
  TestClient once(server_->port());
  ASSERT_EQ(once.request("GET", "/x")->status, 200);
  EXPECT_TRUE(never.ends());
  EXPECT_TRUE(once.ends());
}

TEST_F(ServerLimits, AnswersForAHandlerThatDoesNot) {
  start(short_limits());
  TestClient client(server_->port());
  const auto answer = client.request("GET", "/hold");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 504);
  EXPECT_TRUE(client.ends());
  client.close();
  const std::lock_guard lock(seen_.mutex);
  HttpResponse response;
  seen_.held.at(0).send(response);
}

TEST_F(ServerLimits, CutsAReaderThatTakesNothing) {
  start(short_limits());
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("GET /big" + std::string(kHost) + "GET /big" + std::string(kHost)));
  for (int round = 0; round < 2000 && server_->connections() == 0; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (int round = 0; round < 2000 && server_->connections() != 0; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(server_->connections(), 0);
}

TEST_F(ServerLimits, WritesALargeAnswerToAReaderThatTakesItsTime) {
  Limits limits = short_limits();
  limits.write_timeout_ms = 5'000;
  start(limits);
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("GET /big" + std::string(kHost) + "GET /x" + std::string(kHost)));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto answer = client.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), 8U << 20);
  EXPECT_EQ(client.read()->body, "GET /x ");
}

TEST_F(ServerLimits, RefusesABodyBeyondTheLimitBeforeReadingIt) {
  start({});
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 1048577\r\n\r\n"));
  EXPECT_EQ(client.read()->status, 413);
  EXPECT_TRUE(client.ends());
  TestClient chunked(server_->port());
  std::string text = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int round = 0; round < 17; ++round) {
    text += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  }
  chunked.send(text);
  EXPECT_EQ(chunked.read()->status, 413);
  EXPECT_EQ(seen_.count(), 0U);
}

TEST_F(ServerLimits, TakesABodyOfExactlyTheLimit) {
  start({});
  TestClient client(server_->port());
  const auto answer = client.request("POST", "/x", {}, std::string(1 << 20, 'b'));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.size(), (1U << 20) + 8);
}

TEST_F(ServerLimits, RefusesTenThousandFieldsAndTenThousandCookieCrumbs) {
  start({});
  for (const char* field : {"x: y\r\n", "Cookie: a=b\r\n", ":\r\n", "x:\r\n"}) {
    std::string text = "GET /x HTTP/1.1\r\nHost: localhost\r\n";
    for (int round = 0; round < 10'000; ++round) {
      text += field;
    }
    TestClient client(server_->port());
    client.send(text + "\r\n");
    const auto answer = client.read();
    ASSERT_TRUE(answer) << field;
    EXPECT_EQ(answer->status, 431) << field;
    EXPECT_TRUE(client.ends());
  }
  EXPECT_EQ(seen_.count(), 0U);
}

TEST_F(ServerLimits, ToleratesAHundredFieldsOfALargeHead) {
  start({});
  std::string fields;
  for (int round = 0; round < 99; ++round) {
    fields += "name-" + std::to_string(round) + ": " + std::string(140, 'v') + "\r\n";
  }
  TestClient client(server_->port());
  EXPECT_EQ(client.request("GET", "/x", fields)->status, 200);
}

TEST_F(ServerLimits, TurnsConnectionsOverTheLimitAwayWith503) {
  Limits limits;
  limits.connections = 2;
  start(limits);
  TestClient first(server_->port());
  TestClient second(server_->port());
  ASSERT_EQ(first.request("GET", "/x")->status, 200);
  ASSERT_EQ(second.request("GET", "/x")->status, 200);
  TestClient third(server_->port());
  const auto answer = third.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_TRUE(third.ends());
  third.close();
  second.close();
  for (int round = 0; round < 2000 && server_->connections() > 1; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  TestClient fourth(server_->port());
  EXPECT_EQ(fourth.request("GET", "/x")->status, 200);
}

TEST_F(ServerLimits, CutsWhatIsStillUnderWayWhenTheDrainTimeIsOver) {
  Limits limits = short_limits();
  limits.request_timeout_ms = 60'000;
  start(limits);
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("GET /hold" + std::string(kHost)));
  for (int round = 0; round < 2000 && seen_.count() == 0; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const auto begun = std::chrono::steady_clock::now();
  server_->request_stop(true);
  server_->wait();
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(290));
  EXPECT_TRUE(client.ends());
}

}  // namespace
}  // namespace kingpost::wire
