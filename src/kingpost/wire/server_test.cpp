#include "kingpost/wire/server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <utility>

#include "kingpost/wire/test_client.hpp"
#include "kingpost/wire/test_server.hpp"

namespace kingpost::wire {
namespace {

constexpr std::string_view kHost = " HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Waits until the condition holds, ten seconds at most.
template <typename Condition>
bool eventually(Condition condition) {
  for (int round = 0; round < 2000; ++round) {
    if (condition()) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

class ServerTest : public testing::Test {
 protected:
  Seen seen_;
  std::unique_ptr<Server> server_ = start_echo(seen_);
};

TEST_F(ServerTest, AnswersWithLengthDateAndNoServerVersion) {
  TestClient client(server_->port());
  const auto answer = client.request("POST", "/a?b=c", {}, "body");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "POST /a?b=c body");
  EXPECT_EQ(answer->header("content-length"), "16");
  EXPECT_EQ(answer->header("date").size(), 29U);
  EXPECT_EQ(answer->header("server"), "");
  EXPECT_EQ(answer->header("connection"), "");
}

TEST_F(ServerTest, KeepsTheConnectionForFurtherRequests) {
  TestClient client(server_->port());
  for (int round = 0; round < 100; ++round) {
    const auto answer = client.request("GET", "/" + std::to_string(round));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "GET /" + std::to_string(round) + " ");
  }
  EXPECT_EQ(server_->connections(), 1);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrderAlsoWhenSomeAreAnsweredLater) {
  TestClient client(server_->port());
  std::string all;
  for (int round = 0; round < 50; ++round) {
    all += "GET /a" + std::to_string(round) + std::string(kHost) + "GET /later?" + std::to_string(round) + std::string(kHost) + "GET /tick" +
           std::string(kHost);
  }
  ASSERT_TRUE(client.send(all));
  for (int round = 0; round < 50; ++round) {
    EXPECT_EQ(client.read()->body, "GET /a" + std::to_string(round) + " ");
    EXPECT_EQ(client.read()->body, "GET /later?" + std::to_string(round) + " ");
    EXPECT_EQ(client.read()->body, "tick");
  }
}

TEST_F(ServerTest, ServesFarMorePipelinedRequestsThanOneTurnTakes) {
  TestClient client(server_->port());
  std::string all;
  for (int round = 0; round < 5000; ++round) {
    all += "GET /x" + std::string(kHost);
  }
  std::thread sender([&] { client.send(all); });
  for (int round = 0; round < 5000; ++round) {
    const auto answer = client.read();
    ASSERT_TRUE(answer) << round;
    ASSERT_EQ(answer->status, 200);
  }
  sender.join();
}

TEST_F(ServerTest, AnswersHeadWithTheLengthButWithoutTheBody) {
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("HEAD /x" + std::string(kHost) + "GET /y" + std::string(kHost)));
  const auto head = client.read(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->header("content-length"), "8");
  EXPECT_EQ(client.read()->body, "GET /y ");
}

TEST_F(ServerTest, SendsNoLengthWithNoContent) {
  TestClient client(server_->port());
  const auto answer = client.request("GET", "/none");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(answer->header("content-length"), "");
  EXPECT_EQ(client.request("GET", "/after")->status, 200);
}

TEST_F(ServerTest, ReadsARequestThatArrivesByteByByte) {
  TestClient client(server_->port());
  const std::string text = "POST /slow HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n";
  for (const char c : text) {
    ASSERT_TRUE(client.send(std::string_view(&c, 1)));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  EXPECT_EQ(client.read()->body, "POST /slow abcde");
}

TEST_F(ServerTest, JoinsALargeChunkedBodyOfManySmallChunks) {
  TestClient client(server_->port());
  std::string text = "POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string body;
  for (int round = 0; round < 50'000; ++round) {
    text += "7\r\nchunk-" + std::string(1, static_cast<char>('a' + round % 26)) + "\r\n";
    body += "chunk-" + std::string(1, static_cast<char>('a' + round % 26));
  }
  ASSERT_TRUE(client.send(text + "0\r\n\r\nGET /next" + std::string(kHost)));
  EXPECT_EQ(client.read()->body, "POST /x " + body);
  EXPECT_EQ(client.read()->body, "GET /next ");
}

TEST_F(ServerTest, InvitesABodyThatIsExpectedToBeInvited) {
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.read()->status, 100);
  ASSERT_TRUE(client.send("abc"));
  EXPECT_EQ(client.read()->body, "POST /x abc");
}

TEST_F(ServerTest, AnswersAClientThatHasEndedItsDirection) {
  TestClient client(server_->port());
  ASSERT_TRUE(client.send("GET /a" + std::string(kHost) + "GET /later" + std::string(kHost)));
  client.shutdown_send();
  EXPECT_EQ(client.read()->body, "GET /a ");
  EXPECT_EQ(client.read()->body, "GET /later ");
  EXPECT_TRUE(client.ends());
}

TEST_F(ServerTest, TellsThePeerAndJoinsRepeatedFields) {
  TestClient client(server_->port());
  EXPECT_EQ(client.request("GET", "/peer")->body, "127.0.0.1");
  EXPECT_EQ(client.request("GET", "/cookies", "Cookie: a=1\r\ncookie: b=2\r\n")->body, "a=1, b=2");
}

TEST_F(ServerTest, TurnsADroppedResponderAndAThrowingHandlerInto500) {
  TestClient client(server_->port());
  for (const char* path : {"/drop", "/throw"}) {
    const auto answer = client.request("GET", path);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_NE(answer->body.find("\"code\":\"http-no-answer\""), std::string::npos);
  }
  EXPECT_EQ(client.request("GET", "/fine")->status, 200);
}

TEST_F(ServerTest, TakesAnswersFromOtherThreads) {
  TestClient client(server_->port());
  for (int round = 0; round < 50; ++round) {
    ASSERT_TRUE(client.send("GET /hold" + std::string(kHost)));
    ASSERT_TRUE(eventually([&] {
      const std::lock_guard lock(seen_.mutex);
      return !seen_.held.empty();
    }));
    std::thread([&] {
      const std::lock_guard lock(seen_.mutex);
      HttpResponse response;
      response.body = "from afar";
      if (round % 2 == 0) {
        seen_.held.back().send(response);
      } else {
        seen_.loop->post([responder = std::move(seen_.held.back()), response]() mutable { responder.send(response); });
      }
      seen_.held.pop_back();
    }).join();
    EXPECT_EQ(client.read()->body, "from afar");
  }
}

TEST_F(ServerTest, LetsAResponderOutliveItsConnectionAndTheServer) {
  {
    TestClient client(server_->port());
    ASSERT_TRUE(client.send("GET /hold" + std::string(kHost)));
    ASSERT_TRUE(eventually([&] { return seen_.count() == 1; }));
  }
  server_.reset();
  ASSERT_EQ(seen_.held.size(), 1U);
  HttpResponse response;
  seen_.held[0].send(response);
  EXPECT_FALSE(seen_.loop->post([] {}));
  seen_.held.clear();
}

TEST_F(ServerTest, EndsATickAfterHandlingAndAfterPostedTasks) {
  TestClient client(server_->port());
  ASSERT_TRUE(client.request("GET", "/x"));
  ASSERT_TRUE(eventually([&] { return seen_.ticks > 0; }));
  const int before = seen_.ticks;
  std::atomic<bool> ran = false;
  ASSERT_TRUE(seen_.loop->post([&ran] { ran = true; }));
  EXPECT_TRUE(eventually([&] { return ran && seen_.ticks > before; }));
}

TEST_F(ServerTest, RefusesAPortThatIsTaken) {
  ServerOptions options;
  options.port = server_->port();
  const auto second = Server::start(options, [](const std::shared_ptr<Loop>&) -> Result<std::unique_ptr<Handler>> { return nullptr; });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "listen-in-use");
}

TEST(Server, ReportsAnAddressThatIsNone) {
  ServerOptions options;
  options.address = "localhost";
  const auto server = Server::start(options, [](const std::shared_ptr<Loop>&) -> Result<std::unique_ptr<Handler>> { return nullptr; });
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, "listen-address");
}

TEST(Server, ReportsWhatAFactoryReports) {
  ServerOptions options;
  options.threads = 3;
  const auto server = Server::start(options, [](const std::shared_ptr<Loop>& loop) -> Result<std::unique_ptr<Handler>> {
    static Seen seen;
    if (loop->index() == 1) {
      return fail(ErrorKind::kUnavailable, "no-database", "There is no database.");
    }
    return std::make_unique<EchoHandler>(seen, loop);
  });
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, "no-database");
}

TEST(Server, ServesFiveHundredConnectionsOnTwoLoops) {
  Seen seen;
  const auto server = start_echo(seen, {}, 2);
  std::vector<TestClient> clients;
  clients.reserve(500);
  for (int index = 0; index < 500; ++index) {
    clients.emplace_back(server->port());
    ASSERT_TRUE(clients.back().connected());
  }
  for (int round = 0; round < 3; ++round) {
    for (TestClient& client : clients) {
      ASSERT_TRUE(client.send("GET /x" + std::string(kHost)));
    }
    for (TestClient& client : clients) {
      const auto answer = client.read();
      ASSERT_TRUE(answer);
      ASSERT_EQ(answer->status, 200);
    }
  }
  EXPECT_EQ(server->connections(), 500);
  clients.clear();
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
}

TEST(Server, DrainsByAnsweringWhatIsUnderWayAndClosingTheRest) {
  Seen seen;
  const auto server = start_echo(seen);
  TestClient idle(server->port());
  TestClient busy(server->port());
  ASSERT_EQ(idle.request("GET", "/x")->status, 200);
  ASSERT_TRUE(busy.send("GET /hold" + std::string(kHost)));
  ASSERT_TRUE(eventually([&] { return seen.count() == 2; }));
  server->request_stop(true);
  EXPECT_TRUE(idle.ends());
  ASSERT_TRUE(seen.loop->post([&seen] {
    HttpResponse response;
    response.body = "late";
    seen.held.at(0).send(response);
  }));
  const auto answer = busy.read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "late");
  EXPECT_EQ(answer->header("connection"), "close");
  EXPECT_TRUE(busy.ends());
  busy.close();
  server->wait();
  EXPECT_FALSE(TestClient(server->port()).connected());
}

TEST(Server, LosesNoRequestOfBusyClientsWhileDraining) {
  Seen seen;
  const auto server = start_echo(seen);
  std::atomic<int> lost = 0;
  std::atomic<int> served = 0;
  // A client still waiting in the backlog when the listener closes is not a busy one.
  std::atomic<int> connected = 0;
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int index = 0; index < 8; ++index) {
    threads.emplace_back([&] {
      TestClient client(server->port());
      bool first = true;
      while (true) {
        const auto answer = client.request("GET", "/x");
        if (std::exchange(first, false)) ++connected;
        if (!answer) {
          ++lost;
          return;
        }
        ++served;
        if (answer->header("connection") == "close") {
          return;
        }
      }
    });
  }
  EXPECT_TRUE(eventually([&] { return connected == 8 && served > 200; }));
  server->request_stop(true);
  for (std::thread& thread : threads) {
    thread.join();
  }
  server->wait();
  EXPECT_EQ(lost, 0);
}

}  // namespace
}  // namespace kingpost::wire
