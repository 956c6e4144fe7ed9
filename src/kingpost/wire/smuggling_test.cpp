#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "kingpost/wire/test_client.hpp"
#include "kingpost/wire/test_server.hpp"

namespace kingpost::wire {
namespace {

const std::filesystem::path kCases = std::filesystem::path(KINGPOST_SOURCE_DIR) / "tests/cases/http";

std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// The bytes a case stands for: line ends of the file mean nothing; \r \n \t \\ \xHH are bytes; \*N{text} is text N times.
std::string unescape(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') {
      continue;
    }
    if (c != '\\') {
      bytes.push_back(c);
      continue;
    }
    const char escape = text.at(++at);
    if (escape == 'x') {
      bytes.push_back(static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16)));
      at += 2;
    } else if (escape == '*') {
      const std::size_t open = text.find('{', at);
      const std::size_t close = text.find('}', open);
      const std::string part = unescape(text.substr(open + 1, close - open - 1));
      for (int count = std::stoi(std::string(text.substr(at + 1, open - at - 1))); count > 0; --count) {
        bytes += part;
      }
      at = close;
    } else {
      bytes.push_back(escape == 'r' ? '\r' : escape == 'n' ? '\n' : escape == 't' ? '\t' : escape);
    }
  }
  return bytes;
}

struct Expected {
  std::vector<int> statuses;
  std::vector<std::string> handled;
  bool closed = false;
};

/// Lines "status: 200 400", "handled: METHOD target body-bytes" (one per call), "closed: yes".
Expected read_expected(const std::filesystem::path& path) {
  Expected expected;
  std::istringstream lines(read_text(path));
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with("status:")) {
      std::istringstream numbers(line.substr(7));
      int status = 0;
      while (numbers >> status) {
        expected.statuses.push_back(status);
      }
    } else if (line.starts_with("handled: ")) {
      expected.handled.push_back(line.substr(9));
    } else if (line == "closed: yes") {
      expected.closed = true;
    }
  }
  return expected;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kCases)) {
    if (entry.path().extension() == ".http") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class HttpCases : public testing::Test {
 protected:
  void run_case(const std::string& name) {
    SCOPED_TRACE(name);
    const Expected expected = read_expected(kCases / (name + ".expected"));
    Seen seen;
    const auto server = start_echo(seen);
    ASSERT_NE(server, nullptr);
    TestClient client(server->port());
    client.send(unescape(read_text(kCases / (name + ".http"))));
    std::vector<int> statuses;
    while (statuses.size() < expected.statuses.size()) {
      const auto answer = client.read();
      if (!answer) {
        break;
      }
      statuses.push_back(answer->status);
      if (answer->status >= 400) {
        EXPECT_EQ(answer->header("content-type"), "application/problem+json");
        EXPECT_EQ(answer->header("connection"), "close");
      }
    }
    EXPECT_EQ(statuses, expected.statuses);
    EXPECT_EQ(expected.closed ? client.ends() : client.ends_within(20), expected.closed);
    EXPECT_EQ(seen.all(), expected.handled);
  }
};

TEST_F(HttpCases, EveryCaseYieldsItsStatusesItsHandlerCallsAndItsEnd) {
  const auto names = case_names();
  EXPECT_GE(names.size(), 60U);
  for (const std::string& name : names) {
    run_case(name);
  }
}

}  // namespace
}  // namespace kingpost::wire
