#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kingpost::bench {

/// One connection of the raw loop: bytes read and not yet used, bytes to write.
struct Connection {
  std::array<char, 16'384> in{};
  std::size_t used = 0;
  std::string out;
};

/// The barest HTTP/1.1 loop that still parses heads: level-triggered epoll, one thread, answers of one read in one write. It believes its
/// client, so it is a ceiling and no server.
class EpollLoop {
 public:
  explicit EpollLoop(std::uint16_t port) : listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), epoll_(epoll_create1(0)) {
    const int one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener_, 1024) != 0) std::abort();
    watch(listener_);
  }
  EpollLoop(const EpollLoop&) = delete;
  EpollLoop& operator=(const EpollLoop&) = delete;
  ~EpollLoop() {
    close(listener_);
    close(epoll_);
  }

  /// Calls `answer(target, out)` for every request and `tick_end()` after what was ready; until `deadline_s` seconds of idleness.
  template <typename Answer, typename TickEnd>
  void run(const Answer& answer, const TickEnd& tick_end) {
    std::array<epoll_event, 256> events{};
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int at = 0; at < count; ++at) {
        const int fd = events[static_cast<std::size_t>(at)].data.fd;
        if (fd == listener_) {
          accept_all();
        } else if (!serve(fd, answer)) {
          connections_.erase(fd);
          close(fd);
        }
      }
      tick_end();
    }
  }

 private:
  void watch(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) return;
      const int one = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      connections_[fd] = std::make_unique<Connection>();
      watch(fd);
    }
  }

  template <typename Answer>
  bool serve(int fd, const Answer& answer) {
    Connection& connection = *connections_[fd];
    const ssize_t got = recv(fd, connection.in.data() + connection.used, connection.in.size() - connection.used, 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    connection.used += static_cast<std::size_t>(got);
    std::string_view rest(connection.in.data(), connection.used);
    for (std::size_t end = rest.find("\r\n\r\n"); end != std::string_view::npos; end = rest.find("\r\n\r\n")) {
      const std::size_t from = rest.find(' ') + 1;
      answer(rest.substr(from, rest.find(' ', from) - from), connection.out);
      count_headers(rest.substr(0, end));
      rest.remove_prefix(end + 4);
    }
    connection.used = rest.size();
    std::char_traits<char>::move(connection.in.data(), rest.data(), rest.size());
    const ssize_t sent = send(fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    const bool whole = sent == static_cast<ssize_t>(connection.out.size());
    connection.out.clear();
    return whole;
  }

  /// Splits every header line, as the least honest parser must.
  void count_headers(std::string_view head) {
    for (std::size_t line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n", line + 2)) {
      headers_ += head.find(':', line) != std::string_view::npos ? 1U : 0U;
    }
  }

  int listener_;
  int epoll_;
  std::size_t headers_ = 0;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
};

/// Appends an answer with a JSON body.
inline void append_answer(std::string& out, std::string_view body) {
  out += "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";
  out += std::to_string(body.size());
  out += "\r\n\r\n";
  out += body;
}

/// 200 bytes of JSON.
inline std::string constant_body() {
  std::string body = "{\"id\":123,\"name\":\"";
  body.append(198 - body.size(), 'a');
  return body + "\"}";
}

}  // namespace kingpost::bench
