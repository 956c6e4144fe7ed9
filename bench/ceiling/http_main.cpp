// The ceiling of the constant route: a 200-byte JSON body from a bare loop. Usage: ceiling_http PORT
#include "epoll_loop.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string body = kingpost::bench::constant_body();
  kingpost::bench::EpollLoop loop(static_cast<std::uint16_t>(std::atoi(argv[1])));
  loop.run([&body](std::string_view, std::string& out) { kingpost::bench::append_answer(out, body); }, [] {});
}
