#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kingpost::wire {

struct ClientAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  [[nodiscard]] std::string header(std::string_view lower_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_name) {
        return value;
      }
    }
    return {};
  }
};

/// A blocking HTTP/1.1 client on 127.0.0.1, for tests only: sends bytes as given, reads answers that carry a Content-Length, and
/// waits `timeout_ms` at most for anything.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port, int timeout_ms = 10'000) : timeout_ms_(timeout_ms) {
    descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close();
    }
  }
  TestClient(TestClient&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), timeout_ms_(other.timeout_ms_), input_(std::move(other.input_)) {}
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  TestClient& operator=(TestClient&&) = delete;
  ~TestClient() { close(); }

  [[nodiscard]] bool connected() const noexcept { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  void close() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }
  /// Ends our direction only.
  void shutdown_send() const { shutdown(descriptor_, SHUT_WR); }

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// The next answer; empty when the connection ends or nothing comes in time. Of 100 Continue the head alone is an answer.
  std::optional<ClientAnswer> read(bool to_head_request = false) {
    std::size_t end = input_.find("\r\n\r\n");
    while (end == std::string::npos) {
      if (!fill(timeout_ms_)) {
        return std::nullopt;
      }
      end = input_.find("\r\n\r\n");
    }
    ClientAnswer answer = parse_head(std::string_view(input_).substr(0, end + 2));
    input_.erase(0, end + 4);
    const std::string length = answer.header("content-length");
    const std::size_t wanted = to_head_request || length.empty() ? 0 : static_cast<std::size_t>(std::strtoull(length.c_str(), nullptr, 10));
    while (input_.size() < wanted) {
      if (!fill(timeout_ms_)) {
        return std::nullopt;
      }
    }
    answer.body = input_.substr(0, wanted);
    input_.erase(0, wanted);
    return answer;
  }

  /// Sends a request with Host and Content-Length and reads its answer. `headers` are whole lines ending in CRLF.
  std::optional<ClientAnswer> request(std::string_view method, std::string_view target, std::string_view headers = {}, std::string_view body = {}) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
    if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
      text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    text.append("\r\n").append(body);
    return send(text) ? read(method == "HEAD") : std::nullopt;
  }

  /// Whether the other side closes within `wait_ms` without sending anything more.
  bool ends_within(int wait_ms) {
    if (!input_.empty()) {
      return false;
    }
    pollfd entry{descriptor_, POLLIN, 0};
    if (poll(&entry, 1, wait_ms) <= 0) {
      return false;
    }
    char byte = 0;
    return recv(descriptor_, &byte, 1, MSG_PEEK) <= 0;
  }
  bool ends() { return ends_within(timeout_ms_); }

 private:
  bool fill(int wait_ms) {
    pollfd entry{descriptor_, POLLIN, 0};
    if (descriptor_ < 0 || poll(&entry, 1, wait_ms) <= 0) {
      return false;
    }
    char buffer[65'536];
    const ssize_t count = recv(descriptor_, buffer, sizeof buffer, 0);
    if (count <= 0) {
      return false;
    }
    input_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }
  static ClientAnswer parse_head(std::string_view head) {
    ClientAnswer answer;
    std::size_t line_end = head.find("\r\n");
    answer.status = head.size() > 12 ? std::atoi(std::string(head.substr(9, 3)).c_str()) : 0;
    head.remove_prefix(line_end + 2);
    while (!head.empty()) {
      line_end = head.find("\r\n");
      const std::string_view line = head.substr(0, line_end);
      const std::size_t colon = line.find(": ");
      if (colon != std::string_view::npos) {
        std::string name(line.substr(0, colon));
        for (char& c : name) {
          c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        answer.headers.emplace_back(std::move(name), std::string(line.substr(colon + 2)));
      }
      head.remove_prefix(line_end + 2);
    }
    return answer;
  }

  int descriptor_ = -1;
  int timeout_ms_;
  std::string input_;
};

}  // namespace kingpost::wire
