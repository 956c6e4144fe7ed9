#pragma once

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "kingpost/wire/deadlines.hpp"
#include "kingpost/wire/server.hpp"

namespace kingpost::wire {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

class Connection;

struct LoopSettings {
  Limits limits;
  unsigned index = 0;
  int listener = -1;
  bool ipv6 = false;
  observe::Sink* sink = nullptr;
  /// Open connections of all loops of the server.
  std::shared_ptr<std::atomic<std::int64_t>> connections;
};

/// A loop: an io_context without locks, entered by other threads only through the queue behind `post`. Everything but post,
/// on_thread, index and request_stop belongs to the loop's thread.
class LoopCore final : public Loop, public std::enable_shared_from_this<LoopCore> {
 public:
  /// May throw boost::system::system_error when the system is out of descriptors.
  explicit LoopCore(const LoopSettings& settings);
  ~LoopCore() override;

  bool post(Task task) override;
  void run_after(std::int64_t delay_ms, Task task) override;
  [[nodiscard]] bool on_thread() const noexcept override;
  [[nodiscard]] unsigned index() const noexcept override { return settings_.index; }

  /// The thread's body. Says through `started` whether the handler could be made; returns when the loop has ended.
  void run(const HandlerFactory& factory, std::promise<Result<bool>> started);
  void request_stop(bool drain);

  [[nodiscard]] Handler& handler() noexcept { return *handler_; }
  [[nodiscard]] const Limits& limits() const noexcept { return settings_.limits; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  /// "Date: …\r\n" of the current second.
  [[nodiscard]] std::string_view date_line();
  /// Where bytes nobody wants are read to.
  [[nodiscard]] std::vector<char>& scrap() noexcept { return scrap_; }
  void emit(const observe::Event& event) const noexcept;

  /// Ends the tick after what is ready now.
  void schedule_tick();
  /// Has the connection written and read on at the end of the tick.
  void mark_ready(std::shared_ptr<Connection> connection);
  void watch(DeadlineNode& node, Wait wait);
  void add(Connection& connection);
  void remove(Connection& connection) noexcept;

 private:
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

  void read_wake();
  void run_posted();
  void run_task(Task& task) noexcept;
  void end_tick();
  void accept();
  void on_accept(const boost::system::error_code& error);
  void open_connection(TcpSocket socket);
  void close_listener();
  void drain();
  void close_idle();
  void close_all();
  void stop_when_empty();
  void arm(std::int64_t deadline_ms);
  void on_deadlines();
  void run_context() noexcept;
  void finish();

  LoopSettings settings_;
  asio::io_context context_;
  asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor_;
  TcpSocket incoming_;
  int wake_descriptor_;  ///< an eventfd, owned by wake_
  asio::posix::basic_stream_descriptor<Executor> wake_;
  std::uint64_t wake_value_ = 0;
  Timer deadline_timer_;
  std::int64_t armed_ms_ = -1;
  Deadlines deadlines_;
  std::unordered_map<std::uint64_t, Timer> timers_;
  std::uint64_t next_timer_ = 0;
  std::unique_ptr<Handler> handler_;
  std::vector<Connection*> connections_;
  std::vector<std::shared_ptr<Connection>> ready_;
  std::vector<std::shared_ptr<Connection>> batch_;
  std::vector<char> scrap_;
  std::string date_line_;
  std::int64_t date_second_ = -1;
  bool tick_scheduled_ = false;
  bool draining_ = false;
  bool stopping_ = false;

  std::mutex mutex_;  ///< guards the two members below
  std::vector<Task> posted_;
  bool ended_ = false;
};

}  // namespace kingpost::wire
