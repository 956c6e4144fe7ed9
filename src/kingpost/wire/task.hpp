#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace kingpost::wire {

/// A call to be made once, later. Move-only, so it can own a Responder or rows.
class Task {
 public:
  Task() = default;
  template <typename F, typename = std::enable_if_t<!std::is_same_v<std::decay_t<F>, Task> && std::is_invocable_v<std::decay_t<F>&>>>
  Task(F&& function)  // NOLINT(google-explicit-constructor): a lambda is a task
      : body_(std::make_unique<Body<std::decay_t<F>>>(std::forward<F>(function))) {}

  [[nodiscard]] explicit operator bool() const noexcept { return body_ != nullptr; }
  void operator()() {
    const auto body = std::move(body_);
    body->run();
  }

 private:
  struct Call {
    Call() = default;
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    virtual ~Call() = default;
    virtual void run() = 0;
  };
  template <typename F>
  struct Body final : Call {
    explicit Body(F function) : function_(std::move(function)) {}
    void run() override { function_(); }
    F function_;
  };
  std::unique_ptr<Call> body_;
};

}  // namespace kingpost::wire
