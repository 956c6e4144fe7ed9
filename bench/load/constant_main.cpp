// wire with a handler that answers a constant 200-byte body: what the HTTP layer alone costs. Usage: constant_server PORT
#include <cstdlib>

#include "../ceiling/epoll_loop.hpp"
#include "kingpost/wire/server.hpp"

namespace {

class Constant final : public kingpost::wire::Handler {
 public:
  Constant() {
    response_.add_header("Content-Type", "application/json");
    response_.body = kingpost::bench::constant_body();
  }
  void handle(const kingpost::wire::HttpRequest&, kingpost::wire::Responder responder) override { responder.send(response_); }

 private:
  kingpost::wire::HttpResponse response_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  kingpost::wire::ServerOptions options;
  options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  auto server = kingpost::wire::Server::start(
      options, [](const std::shared_ptr<kingpost::wire::Loop>&) -> kingpost::Result<std::unique_ptr<kingpost::wire::Handler>> {
        return std::make_unique<Constant>();
      });
  if (!server) return 1;
  (*server)->wait();
}
