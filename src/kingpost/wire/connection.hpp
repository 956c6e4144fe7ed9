#pragma once

#include <memory>
#include <string>

#include "kingpost/wire/http1_parser.hpp"
#include "kingpost/wire/loop_core.hpp"

namespace kingpost::wire {

/// One connection. It is either reading, owing one answer, writing, or closing; kept alive by the operation under way and by the
/// Responder, so a request's views outlive even a connection that is cut.
class Connection final : public Exchange, public std::enable_shared_from_this<Connection>, public DeadlineNode {
 public:
  static constexpr std::size_t kUnlisted = static_cast<std::size_t>(-1);

  Connection(std::shared_ptr<LoopCore> loop, TcpSocket socket);
  /// Closes: an operation that threw for want of memory leaves nobody else to do it.
  ~Connection() override;

  void answer(const HttpResponse& response) override;
  void abandon() noexcept override;

  void start();
  /// Says 503 and closes.
  void turn_away();
  /// Writes what is there, handles what was received, goes on reading. Called at the end of a tick.
  void resume();
  void on_deadline();
  void close() noexcept;
  /// No byte of a next request has come, and nothing is owed.
  [[nodiscard]] bool idle() const noexcept { return reading_ && begin_ == end_ && !lingering_; }

  /// Position in the loop's list.
  std::size_t slot = kUnlisted;

 private:
  void process();
  void handle();
  void consume();
  void refuse(const Refusal& refusal);
  void append_answer(const HttpResponse& response);
  void settle();
  void flush();
  void wait_writable();
  void on_writable(const boost::system::error_code& error);
  void begin_linger();
  void read_scrap();
  bool make_room();
  void start_read();
  void on_read(const boost::system::error_code& error, std::size_t count);
  void set_wait(Wait wait);

  std::shared_ptr<LoopCore> loop_;
  TcpSocket socket_;
  std::string peer_;
  Http1Parser parser_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::string out_;
  std::size_t out_begin_ = 0;
  std::size_t renewed_at_ = 0;  ///< bytes of out_ written when the write deadline was last renewed
  std::size_t scrap_bytes_ = 0;
  bool reading_ = false;
  bool handling_ = false;  ///< an answer is owed
  bool answered_ = false;  ///< the message at begin_ is done and can be forgotten
  bool processing_ = false;
  bool queued_ = false;  ///< resume() will be called
  bool fresh_ = true;    ///< a new message: its deadline starts anew
  bool writing_ = false;
  bool closing_ = false;
  bool lingering_ = false;
  bool closed_ = false;
};

}  // namespace kingpost::wire
