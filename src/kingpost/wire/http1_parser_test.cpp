#include "kingpost/wire/http1_parser.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kingpost::wire {
namespace {

constexpr ParserLimits kLimits = {1024, 10, 256, 64};

struct Parsed {
  Http1Parser::Outcome outcome = Http1Parser::Outcome::kNeedMore;
  std::string summary;
  int status = 0;
};

/// Feeds `step` bytes at a time, into new memory each time, as a growing buffer would.
Parsed parse(const std::string& bytes, std::size_t step) {
  Http1Parser parser(kLimits);
  Parsed parsed;
  std::string held;
  std::size_t fed = 0;
  while (parsed.outcome == Http1Parser::Outcome::kNeedMore && fed < bytes.size()) {
    const std::size_t count = std::min(step, bytes.size() - fed);
    std::string larger = held + bytes.substr(fed, count);
    held.swap(larger);
    fed += count;
    std::size_t size = held.size();
    parsed.outcome = parser.advance(held.data(), size);
    if (parsed.outcome == Http1Parser::Outcome::kRequest) {
      const HttpRequest& request = parser.request();
      parsed.summary = std::string(request.method) + " " + std::string(request.target) + " {" + std::string(request.body) + "}";
      for (const HeaderField& field : request.headers) {
        parsed.summary += " " + std::string(field.name) + "=" + std::string(field.value);
      }
      parsed.summary += " rest " + std::to_string(bytes.size() - fed + size - parser.consumed());
    }
    held.resize(size);
  }
  parsed.status = parser.refusal().status;
  return parsed;
}

TEST(Http1Parser, ReadsTheSameHoweverTheBytesArrive) {
  const std::string bytes =
      "\r\nPOST /p?q=1 HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nX-Blank: \t v w\t \r\nTransfer-Encoding: chunked\r\n\r\n"
      "1\r\na\r\n00A;ext=\"v\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nGET";
  for (std::size_t step = 1; step <= bytes.size(); ++step) {
    const Parsed parsed = parse(bytes, step);
    ASSERT_EQ(parsed.outcome, Http1Parser::Outcome::kRequest) << step;
    EXPECT_EQ(parsed.summary.substr(0, parsed.summary.find(" rest")),
              "POST /p?q=1 {a0123456789} host=h x-empty= x-blank=v w transfer-encoding=chunked");
    EXPECT_TRUE(parsed.summary.ends_with(" rest 3")) << parsed.summary;
  }
}

TEST(Http1Parser, RefusesTheSameHoweverTheBytesArrive) {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::pair<std::string, int> cases[] = {{head + " folded\r\n\r\n", 400},
                                               {head + "a\nb: c\r\n\r\n", 400},
                                               {head + "Transfer-Encoding: chunked\r\n\r\n41\r\n", 413},
                                               {head + "Content-Length: 65\r\n\r\n", 413},
                                               {"GET /" + std::string(256, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
                                               {head + "A: " + std::string(1024, 'x') + "\r\n\r\n", 431},
                                               {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505}};
  for (const auto& [bytes, status] : cases) {
    for (std::size_t step = 1; step <= bytes.size(); step += 7) {
      const Parsed parsed = parse(bytes, step);
      ASSERT_EQ(parsed.outcome, Http1Parser::Outcome::kRefused) << bytes << step;
      EXPECT_EQ(parsed.status, status) << bytes << step;
    }
  }
}

TEST(Http1Parser, IsReadyForTheNextMessageAfterAReset) {
  Http1Parser parser(kLimits);
  for (const char* text : {"GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nxy",
                           "GET http://h HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET /c HTTP/1.0\r\n\r\n"}) {
    std::string bytes = text;
    std::size_t size = bytes.size();
    ASSERT_EQ(parser.advance(bytes.data(), size), Http1Parser::Outcome::kRequest) << text;
    EXPECT_EQ(parser.consumed(), bytes.size());
    EXPECT_EQ(parser.request().keep_alive, bytes.find("/a ") != std::string::npos || bytes.find("/b ") != std::string::npos);
    parser.reset();
  }
}

}  // namespace
}  // namespace kingpost::wire
