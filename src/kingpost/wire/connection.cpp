#include "kingpost/wire/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstring>

namespace kingpost::wire {
namespace {

using boost::system::error_code;

constexpr std::size_t kFirstBuffer = 4096;
/// What a quiet connection may hold on to, each way; ten thousand of them must fit.
constexpr std::size_t kKeptBytes = 16 << 10;
constexpr std::size_t kHeadRoom = 256;
/// Answers waiting to be written beyond which no further request of the connection is handled.
constexpr std::size_t kOutputHighWater = 256 << 10;
/// A slow reader renews its write deadline only by taking this much.
constexpr std::size_t kWriteProgress = 64 << 10;
/// What is read and forgotten of a refused request, so that the refusal is not lost in a reset.
constexpr std::size_t kScrapBytes = 256 << 10;

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string address_text(const TcpSocket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) {
    return "unknown";
  }
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

Connection::Connection(std::shared_ptr<LoopCore> loop, TcpSocket socket)
    : loop_(std::move(loop)), socket_(std::move(socket)), peer_(address_text(socket_)), parser_(parser_limits(loop_->limits())) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

Connection::~Connection() { close(); }

void Connection::start() {
  set_wait(Wait::kHead);
  fresh_ = false;
  start_read();
}

void Connection::turn_away() {
  refuse(kTooManyConnections);
  settle();
}

void Connection::answer(const HttpResponse& response) {
  if (!loop_->on_thread()) {
    loop_->post([self = shared_from_this(), copy = response] { self->answer(copy); });
    return;
  }
  if (closed_ || !handling_) {
    return;
  }
  handling_ = false;
  answered_ = true;
  append_answer(response);
  if (!processing_ && !queued_) {
    queued_ = true;
    loop_->mark_ready(shared_from_this());
  }
}

void Connection::abandon() noexcept {
  try {
    HttpResponse response;
    response.status = kAbandoned.status;
    response.headers = "Content-Type: application/problem+json\r\n";
    response.body = problem_body(kAbandoned.status, kAbandoned.code, kAbandoned.message);
    answer(response);
  } catch (...) {
    // Out of memory: the answer deadline closes the connection.
  }
}

void Connection::resume() {
  queued_ = false;
  if (closed_) {
    return;
  }
  process();
  settle();
}

/// Handles what the buffer holds, up to the bound of one turn.
void Connection::process() {
  if (handling_ || writing_ || closing_) {
    return;
  }
  processing_ = true;
  std::int64_t budget = std::max<std::int64_t>(loop_->limits().pipeline_requests, 1);
  while (true) {
    if (answered_) {
      consume();
    }
    if (begin_ == end_ || closing_) {
      break;
    }
    if (budget-- == 0 || out_.size() > kOutputHighWater) {
      // The rest waits for its turn behind the other connections, and until what is there is written.
      queued_ = true;
      loop_->mark_ready(shared_from_this());
      break;
    }
    std::size_t size = end_ - begin_;
    const Http1Parser::Outcome outcome = parser_.advance(buffer_.get() + begin_, size);
    end_ = begin_ + size;
    if (outcome == Http1Parser::Outcome::kRefused) {
      refuse(parser_.refusal());
      break;
    }
    if (outcome == Http1Parser::Outcome::kNeedMore) {
      if (parser_.wants_continue()) {
        parser_.continue_sent();
        out_ += "HTTP/1.1 100 Continue\r\n\r\n";
      }
      break;
    }
    handle();
    if (handling_) {
      break;
    }
  }
  processing_ = false;
}

void Connection::handle() {
  parser_.request().peer = peer_;
  handling_ = true;
  loop_->schedule_tick();
  try {
    loop_->handler().handle(parser_.request(), Responder(shared_from_this()));
  } catch (const std::exception& error) {
    loop_->emit(observe::Failure{"wire", "handler-threw", error.what()});
  }
}

/// Forgets the message that was answered.
void Connection::consume() {
  answered_ = false;
  fresh_ = true;
  begin_ += parser_.consumed();
  parser_.reset();
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (capacity_ > kKeptBytes) {
      buffer_.reset();
      capacity_ = 0;
    }
  }
}

/// Answers for ourselves and closes.
void Connection::refuse(const Refusal& refusal) {
  HttpResponse response;
  response.status = refusal.status;
  response.headers = "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n";
  response.body = problem_body(refusal.status, refusal.code, refusal.message);
  response.close = true;
  handling_ = false;
  closing_ = true;
  append_answer(response);
  loop_->emit(observe::RequestRefused{refusal.status, refusal.code, peer_});
}

void Connection::append_answer(const HttpResponse& response) {
  const HttpRequest& request = parser_.request();
  const int status = response.status >= 200 && response.status <= 599 ? response.status : 500;
  closing_ = closing_ || response.close || !request.keep_alive || loop_->draining();
  const char digits[3] = {static_cast<char>('0' + status / 100), static_cast<char>('0' + status / 10 % 10), static_cast<char>('0' + status % 10)};
  out_.reserve(out_.size() + kHeadRoom + response.headers.size() + response.body.size());
  out_.append("HTTP/1.1 ").append(digits, 3).append(" ").append(reason_phrase(status)).append("\r\n");
  out_.append(loop_->date_line()).append(response.headers);
  if (has_body(status) && !(response.unmade && parser_.is_head())) {
    const fmt::format_int length(response.body.size());
    out_.append("Content-Length: ").append(length.data(), length.size()).append("\r\n");
  }
  if (closing_) {
    out_.append("Connection: close\r\n");
  } else if (request.minor_version == 0) {
    out_.append("Connection: keep-alive\r\n");
  }
  out_.append("\r\n");
  if (has_body(status) && !parser_.is_head()) {
    out_.append(response.body);
  }
}

/// After any event: write, then wait for exactly what must come next.
void Connection::settle() {
  if (lingering_) {
    return;
  }
  flush();
  if (closed_ || writing_) {
    return;
  }
  if (closing_) {
    begin_linger();
  } else if (handling_) {
    set_wait(Wait::kAnswer);
  } else if (!queued_) {
    if (begin_ == end_) {
      set_wait(Wait::kIdle);
    } else {
      set_wait(parser_.head_done() ? Wait::kBody : Wait::kHead);
    }
    start_read();
  }
}

void Connection::set_wait(Wait wait_for) {
  // An incomplete message keeps the deadline its first byte set, however slowly the rest drips in.
  if (queued() && wait == wait_for && !fresh_) {
    return;
  }
  fresh_ = false;
  loop_->watch(*this, wait_for);
}

void Connection::flush() {
  if (closed_ || writing_) {
    return;
  }
  while (out_begin_ < out_.size()) {
    error_code error;
    const std::size_t count = socket_.write_some(asio::buffer(out_.data() + out_begin_, out_.size() - out_begin_), error);
    out_begin_ += count;
    if (error == asio::error::would_block || error == asio::error::try_again) {
      wait_writable();
      return;
    }
    if (error) {
      close();
      return;
    }
  }
  out_begin_ = 0;
  renewed_at_ = 0;
  if (out_.capacity() > kKeptBytes) {
    out_ = std::string();
  } else {
    out_.clear();
  }
}

void Connection::wait_writable() {
  writing_ = true;
  if (wait != Wait::kWrite || !queued() || out_begin_ - renewed_at_ >= kWriteProgress) {
    renewed_at_ = out_begin_;
    loop_->watch(*this, Wait::kWrite);
  }
  socket_.async_wait(TcpSocket::wait_write, [self = shared_from_this()](const error_code& error) { self->on_writable(error); });
}

void Connection::on_writable(const error_code& error) {
  writing_ = false;
  if (closed_) {
    return;
  }
  if (error) {
    close();
    return;
  }
  flush();
  if (!closed_ && !writing_) {
    fresh_ = true;
    process();
    settle();
  }
}

/// Says that no more will be sent, then reads for a while: closing with unread bytes would reset the connection and with it the answer.
void Connection::begin_linger() {
  lingering_ = true;
  error_code error;
  socket_.shutdown(TcpSocket::shutdown_send, error);
  if (error) {
    close();
    return;
  }
  loop_->watch(*this, Wait::kLinger);
  if (!reading_) {
    read_scrap();
  }
}

void Connection::read_scrap() {
  reading_ = true;
  socket_.async_read_some(asio::buffer(loop_->scrap()),
                          [self = shared_from_this()](const error_code& error, std::size_t count) { self->on_read(error, count); });
}

/// Room for reading behind end_; false when the message is beyond every bound.
bool Connection::make_room() {
  if (end_ < capacity_) {
    return true;
  }
  const std::size_t held = end_ - begin_;
  if (begin_ > 0 && held <= capacity_ / 2) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, held);
  } else {
    const ParserLimits limits = parser_limits(loop_->limits());
    const std::size_t most = std::max(limits.head_bytes + limits.body_bytes + kFirstBuffer, 2 * kFirstBuffer);
    const std::size_t wanted = std::max(kFirstBuffer, std::min(2 * capacity_, most));
    if (held >= wanted) {
      return false;
    }
    // Not value-initialised: it is read into at once.
    std::unique_ptr<char[]> larger(new char[wanted]);
    if (held > 0) {
      std::memcpy(larger.get(), buffer_.get() + begin_, held);
    }
    buffer_ = std::move(larger);
    capacity_ = wanted;
  }
  begin_ = 0;
  end_ = held;
  return true;
}

void Connection::start_read() {
  if (reading_) {
    return;
  }
  if (!make_room()) {
    refuse(kBodyTooLarge);
    settle();
    return;
  }
  reading_ = true;
  socket_.async_read_some(asio::buffer(buffer_.get() + end_, capacity_ - end_),
                          [self = shared_from_this()](const error_code& error, std::size_t count) { self->on_read(error, count); });
}

void Connection::on_read(const error_code& error, std::size_t count) {
  reading_ = false;
  if (closed_) {
    return;
  }
  if (lingering_) {
    scrap_bytes_ += count;
    if (error || scrap_bytes_ > kScrapBytes) {
      close();
    } else {
      read_scrap();
    }
    return;
  }
  if (error) {
    close();
    return;
  }
  end_ += count;
  process();
  settle();
}

void Connection::on_deadline() {
  switch (wait) {
    case Wait::kHead:
      if (begin_ != end_) {
        refuse(kHeadTimeout);
        settle();
        return;
      }
      break;
    case Wait::kBody:
      refuse(kBodyTimeout);
      settle();
      return;
    case Wait::kAnswer:
      refuse(kAnswerTimeout);
      settle();
      return;
    case Wait::kIdle:
    case Wait::kWrite:
    case Wait::kLinger:
      break;
  }
  close();
}

void Connection::close() noexcept {
  if (closed_) {
    return;
  }
  closed_ = true;
  Deadlines::remove(*this);
  error_code ignored;
  socket_.close(ignored);
  loop_->remove(*this);
}

}  // namespace kingpost::wire
