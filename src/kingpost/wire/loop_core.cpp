#include "kingpost/wire/loop_core.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <ctime>

#include "kingpost/wire/connection.hpp"

namespace kingpost::wire {
namespace {

using boost::system::error_code;

constexpr std::int64_t kLingerMs = 1'000;
/// How long an idle connection may still send a request after draining began; the next one would be lost in the close.
constexpr std::int64_t kDrainGraceMs = 100;
constexpr std::int64_t kAcceptPauseMs = 100;
/// Connections over the limit that are told so; beyond these they are closed at once.
constexpr std::int64_t kTurnedAway = 128;
constexpr std::size_t kScrapBuffer = 16 << 10;

thread_local const LoopCore* current_loop = nullptr;

std::int64_t read_ms(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

std::int64_t steady_ms() { return read_ms(CLOCK_MONOTONIC_COARSE); }

std::array<std::int64_t, kWaitKinds> durations(const Limits& limits) {
  return {limits.idle_timeout_ms, limits.head_timeout_ms, limits.body_timeout_ms, limits.request_timeout_ms, limits.write_timeout_ms, kLingerMs};
}

}  // namespace

LoopCore::LoopCore(const LoopSettings& settings)
    : settings_(settings),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE),
      acceptor_(context_),
      incoming_(context_),
      wake_descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      wake_(context_, wake_descriptor_),
      deadline_timer_(context_),
      deadlines_(durations(settings.limits)),
      scrap_(kScrapBuffer) {}

LoopCore::~LoopCore() = default;

bool LoopCore::on_thread() const noexcept { return current_loop == this; }

void LoopCore::emit(const observe::Event& event) const noexcept {
  if (settings_.sink != nullptr) {
    settings_.sink->observe(event);
  }
}

bool LoopCore::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (ended_) {
    return false;
  }
  posted_.push_back(std::move(task));
  if (posted_.size() == 1) {
    const std::uint64_t one = 1;
    // An eventfd takes any write below 2^64 - 1; the descriptor is open while ended_ is false.
    [[maybe_unused]] const ssize_t written = ::write(wake_descriptor_, &one, sizeof one);
  }
  return true;
}

void LoopCore::read_wake() {
  wake_.async_read_some(asio::buffer(&wake_value_, sizeof wake_value_), [this](const error_code& error, std::size_t /*count*/) {
    if (!error) {
      read_wake();
      run_posted();
    }
  });
}

void LoopCore::run_posted() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  schedule_tick();
  for (Task& task : tasks) {
    run_task(task);
  }
}

void LoopCore::run_task(Task& task) noexcept {
  try {
    task();
  } catch (const std::exception& error) {
    emit(observe::Failure{"wire", "task-threw", error.what()});
  }
}

void LoopCore::run_after(std::int64_t delay_ms, Task task) {
  if (stopping_) {
    return;
  }
  const std::uint64_t id = next_timer_++;
  Timer& timer = timers_.try_emplace(id, context_).first->second;
  timer.expires_after(std::chrono::milliseconds(delay_ms));
  timer.async_wait([this, id, task = std::move(task)](const error_code& error) mutable {
    if (!error) {
      timers_.erase(id);
      schedule_tick();
      run_task(task);
    }
  });
}

std::string_view LoopCore::date_line() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != date_second_) {
    static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    date_second_ = now.tv_sec;
    std::tm utc{};
    gmtime_r(&now.tv_sec, &utc);
    date_line_ = fmt::format("Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n", kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                             kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  }
  return date_line_;
}

void LoopCore::schedule_tick() {
  if (!tick_scheduled_) {
    tick_scheduled_ = true;
    // Queued behind everything the last wait found ready.
    asio::post(context_, [this] { end_tick(); });
  }
}

void LoopCore::end_tick() {
  tick_scheduled_ = false;
  if (stopping_) {
    return;
  }
  try {
    handler_->end_tick();
  } catch (const std::exception& error) {
    emit(observe::Failure{"wire", "handler-threw", error.what()});
  }
  batch_.swap(ready_);
  for (const std::shared_ptr<Connection>& connection : batch_) {
    connection->resume();
  }
  batch_.clear();
}

void LoopCore::mark_ready(std::shared_ptr<Connection> connection) {
  ready_.push_back(std::move(connection));
  schedule_tick();
}

void LoopCore::watch(DeadlineNode& node, Wait wait) {
  deadlines_.set(node, wait, steady_ms());
  if (armed_ms_ < 0 || node.deadline_ms < armed_ms_) {
    arm(node.deadline_ms);
  }
}

void LoopCore::arm(std::int64_t deadline_ms) {
  armed_ms_ = deadline_ms;
  // The coarse clock lags by up to one kernel tick.
  deadline_timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(deadline_ms - steady_ms(), 0) + 5));
  deadline_timer_.async_wait([this](const error_code& error) {
    if (!error) {
      on_deadlines();
    }
  });
}

void LoopCore::on_deadlines() {
  const std::int64_t now_ms = steady_ms();
  while (DeadlineNode* const node = deadlines_.pop_expired(now_ms)) {
    // Kept alive here: closing may drop the last reference.
    const auto connection = static_cast<Connection*>(node)->shared_from_this();
    connection->on_deadline();
  }
  armed_ms_ = -1;
  const std::int64_t next_ms = deadlines_.earliest_ms();
  if (next_ms >= 0 && !stopping_) {
    arm(next_ms);
  }
}

void LoopCore::add(Connection& connection) {
  connections_.push_back(&connection);
  connection.slot = connections_.size() - 1;
}

void LoopCore::remove(Connection& connection) noexcept {
  if (connection.slot == Connection::kUnlisted) {
    return;
  }
  settings_.connections->fetch_sub(1, std::memory_order_relaxed);
  connections_[connection.slot] = connections_.back();
  connections_[connection.slot]->slot = connection.slot;
  connections_.pop_back();
  stop_when_empty();
}

void LoopCore::accept() {
  acceptor_.async_accept(incoming_, [this](const error_code& error) { on_accept(error); });
}

void LoopCore::on_accept(const error_code& error) {
  if (!acceptor_.is_open()) {
    return;
  }
  if (error) {
    incoming_ = TcpSocket(context_);
    emit(observe::ConnectionRefused{"the system gives no more descriptors or memory"});
    run_after(kAcceptPauseMs, [this] {
      if (acceptor_.is_open()) {
        accept();
      }
    });
    return;
  }
  TcpSocket socket = std::move(incoming_);
  incoming_ = TcpSocket(context_);
  accept();
  open_connection(std::move(socket));
}

void LoopCore::open_connection(TcpSocket socket) {
  const std::int64_t others = settings_.connections->fetch_add(1, std::memory_order_relaxed);
  if (others >= settings_.limits.connections + kTurnedAway) {
    settings_.connections->fetch_sub(1, std::memory_order_relaxed);
    emit(observe::ConnectionRefused{"limit connections"});
    return;
  }
  std::shared_ptr<Connection> connection;
  try {
    connection = std::make_shared<Connection>(shared_from_this(), std::move(socket));
    add(*connection);
  } catch (const std::exception& failure) {
    settings_.connections->fetch_sub(1, std::memory_order_relaxed);
    emit(observe::Failure{"wire", "connection-threw", failure.what()});
    return;
  }
  if (others >= settings_.limits.connections) {
    emit(observe::ConnectionRefused{"limit connections"});
    connection->turn_away();
  } else {
    connection->start();
  }
}

/// Takes what the kernel has already accepted for this socket, since closing it would reset them.
void LoopCore::close_listener() {
  if (!acceptor_.is_open()) {
    return;
  }
  error_code error;
  while (!error) {
    TcpSocket socket(context_);
    acceptor_.accept(socket, error);
    if (!error) {
      open_connection(std::move(socket));
    }
  }
  acceptor_.close(error);
}

void LoopCore::request_stop(bool drain_first) {
  post([this, drain_first] {
    if (drain_first) {
      drain();
    } else {
      close_all();
    }
  });
}

void LoopCore::drain() {
  if (draining_ || stopping_) {
    return;
  }
  close_listener();
  draining_ = true;
  emit(observe::ServerDraining{static_cast<std::int64_t>(connections_.size())});
  run_after(std::min(kDrainGraceMs, settings_.limits.drain_timeout_ms), [this] { close_idle(); });
  run_after(settings_.limits.drain_timeout_ms, [this] { close_all(); });
  stop_when_empty();
}

void LoopCore::close_idle() {
  const std::vector<Connection*> all = connections_;
  for (Connection* const connection : all) {
    if (connection->idle()) {
      connection->close();
    }
  }
}

void LoopCore::close_all() {
  close_listener();
  draining_ = true;
  const std::vector<Connection*> all = connections_;
  for (Connection* const connection : all) {
    connection->close();
  }
  stop_when_empty();
}

void LoopCore::stop_when_empty() {
  if (draining_ && connections_.empty() && !stopping_) {
    stopping_ = true;
    context_.stop();
  }
}

void LoopCore::run(const HandlerFactory& factory, std::promise<Result<bool>> started) {
  current_loop = this;
  auto handler = factory(shared_from_this());
  error_code error;
  if (handler) {
    handler_ = std::move(*handler);
    acceptor_.assign(settings_.ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), settings_.listener, error);
    acceptor_.non_blocking(true, error);
    accept();
    read_wake();
    started.set_value(true);
    run_context();
  } else {
    ::close(settings_.listener);
    started.set_value(fail(std::move(handler.error())));
  }
  finish();
  current_loop = nullptr;
}

/// Only memory can run out in there; the connection that met it is left to its deadline, the others go on.
void LoopCore::run_context() noexcept {
  while (!stopping_) {
    try {
      context_.run();
    } catch (const std::exception& failure) {
      emit(observe::Failure{"wire", "loop-threw", failure.what()});
    }
  }
}

/// Cancels what is under way and lets it end, since each operation holds its connection and each connection the loop.
void LoopCore::finish() {
  stopping_ = true;
  std::vector<Task> dropped;
  error_code ignored;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    dropped.swap(posted_);
    wake_.close(ignored);
  }
  dropped.clear();
  acceptor_.close(ignored);
  timers_.clear();
  deadline_timer_.cancel();
  ready_.clear();
  handler_.reset();
  context_.restart();
  context_.poll();
  ready_.clear();
}

}  // namespace kingpost::wire
