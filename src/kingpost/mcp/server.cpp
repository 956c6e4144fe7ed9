#include "kingpost/mcp/server.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <list>

#include "kingpost/mcp/child.hpp"
#include "kingpost/mcp/session.hpp"

namespace kingpost::mcp {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kBusy = -32000;
constexpr int kInternal = -32603;

/// A folder of its own for one call, removed with it.
class Scratch {
 public:
  Scratch() {
    std::string path = (std::filesystem::temp_directory_path() / "kingpost-mcp-XXXXXX").string();
    if (mkdtemp(path.data()) != nullptr) path_ = path;
  }
  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Scratch& operator=(Scratch&&) = delete;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

struct Running {
  std::string id;
  Scratch scratch;
  Work work;
  Child child;
  Clock::time_point deadline;
  bool late = false;
};

class Server {
 public:
  Server(const Catalogue& catalogue, const ServerOptions& options) : options_(options), session_(catalogue) {}

  Result<void> run() {
    while (!broken_ && (reading_ || !running_.empty() || !waiting_.empty())) {
      if (!wait()) return fail(ErrorKind::kUnavailable, "kp-mcp-io", fmt::format("cannot wait for input: {}", std::strerror(errno)));
      start_waiting();
    }
    if (broken_) return fail(ErrorKind::kUnavailable, "kp-mcp-io", "the client no longer reads");
    return {};
  }

 private:
  void write_line(std::string line) {
    line += '\n';
    for (std::size_t at = 0; at < line.size() && !broken_;) {
      const ssize_t put = write(options_.output_fd, line.data() + at, line.size() - at);
      if (put > 0) {
        at += static_cast<std::size_t>(put);
      } else if (errno != EINTR) {
        broken_ = true;
      }
    }
  }

  [[nodiscard]] int timeout_ms() const {
    Clock::time_point next = Clock::now() + std::chrono::hours(1);
    for (const Running& call : running_) {
      if (!call.late) next = std::min(next, call.deadline);
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, 3'600'000));
  }

  bool wait() {
    std::vector<pollfd> fds;
    if (reading_) fds.push_back({options_.input_fd, POLLIN, 0});
    for (const Running& call : running_) {
      for (const int fd : {call.child.output_fd(), call.child.notes_fd()}) {
        if (fd >= 0) fds.push_back({fd, POLLIN, 0});
      }
    }
    if (poll(fds.data(), fds.size(), timeout_ms()) < 0) return errno == EINTR;
    for (const pollfd& ready : fds) {
      if (ready.revents == 0) continue;
      if (reading_ && ready.fd == options_.input_fd) {
        read_input();
      } else {
        for (Running& call : running_) {
          if (ready.fd == call.child.output_fd() || ready.fd == call.child.notes_fd()) call.child.read_some(ready.fd);
        }
      }
    }
    finish_ended();
    return true;
  }

  void read_input() {
    std::array<char, 65'536> buffer;
    const ssize_t got = read(options_.input_fd, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
      reading_ = false;
      if (!line_.empty()) receive();
      return;
    }
    for (const char byte : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
      if (byte == '\n') {
        receive();
      } else if (line_.size() < options_.line_bytes) {
        line_ += byte;
      } else {
        too_long_ = true;
      }
    }
  }

  void receive() {
    const std::string line = std::exchange(line_, {});
    if (std::exchange(too_long_, false)) {
      write_line(answer_error("null", -32600, fmt::format("A message has at most {} bytes", options_.line_bytes)));
      return;
    }
    if (line.find_first_not_of(" \t\r") == std::string::npos) return;
    Reaction reaction = session_.receive(line);
    if (!reaction.reply.empty()) write_line(std::move(reaction.reply));
    if (reaction.cancel) cancel(*reaction.cancel);
    if (!reaction.call) return;
    if (waiting_.size() >= options_.waiting_calls) {
      write_line(answer_error(reaction.call->id, kBusy, "Too many calls wait; ask again when one is answered"));
    } else {
      waiting_.push_back(std::move(*reaction.call));
    }
  }

  void cancel(const std::string& id) {
    std::erase_if(waiting_, [&](const Call& call) { return call.id == id; });
    running_.remove_if([&](const Running& call) { return call.id == id; });
  }

  void start_waiting() {
    while (!waiting_.empty() && running_.size() < options_.running_calls) {
      const Call call = std::move(waiting_.front());
      waiting_.pop_front();
      start(call);
    }
  }

  void start(const Call& call) {
    Scratch scratch;
    if (scratch.path().empty()) return write_line(answer_error(call.id, kInternal, "Cannot make a temporary folder"));
    Result<Work> work = call.tool->prepare(call.arguments, scratch.path());
    if (!work) return write_line(answer_call(call.id, {2, {}, refusal(work.error())}));
    if (work->arguments.empty()) return write_line(answer_call(call.id, work->finish ? work->finish({}, scratch.path()) : Outcome{}));
    Result<Child> child = Child::start(options_.program, work->arguments, options_.directory);
    if (!child) return write_line(answer_error(call.id, kInternal, child.error().message));
    const auto deadline = Clock::now() + std::chrono::milliseconds(options_.call_timeout_ms);
    running_.push_back({call.id, std::move(scratch), std::move(*work), std::move(*child), deadline});
  }

  [[nodiscard]] static std::string refusal(const Error& error) {
    return fmt::format("{}: {}{}{}", error.code, error.message, error.hint ? "\n" : "", error.hint.value_or(""));
  }

  void finish_ended() {
    const auto now = Clock::now();
    for (auto call = running_.begin(); call != running_.end();) {
      if (!call->late && now >= call->deadline) {
        call->late = true;
        call->child.kill_group();
      }
      if (!call->child.ended()) {
        ++call;
        continue;
      }
      Outcome outcome;
      outcome.exit_code = call->child.wait();
      outcome.output = call->child.take_output();
      outcome.notes = call->child.take_notes();
      if (call->late) outcome.notes += fmt::format("\nEnded after {} ms, the longest that a call may take.\n", options_.call_timeout_ms);
      if (call->work.finish && !call->late) outcome = call->work.finish(std::move(outcome), call->scratch.path());
      std::string answer = answer_call(call->id, outcome);
      // Who reads the answer finds the scratch folder gone.
      call = running_.erase(call);
      write_line(std::move(answer));
    }
  }

  ServerOptions options_;
  Session session_;
  std::string line_;
  bool too_long_ = false;
  bool reading_ = true;
  bool broken_ = false;
  std::deque<Call> waiting_;
  std::list<Running> running_;
};

}  // namespace

Result<void> serve(const Catalogue& catalogue, const ServerOptions& options) { return Server(catalogue, options).run(); }

}  // namespace kingpost::mcp
