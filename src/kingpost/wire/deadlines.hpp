#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kingpost::wire {

/// What a connection waits for. Each kind has one duration per server, so each kind's queue is in the order of its deadlines.
enum class Wait : std::uint8_t { kIdle, kHead, kBody, kAnswer, kWrite, kLinger };
inline constexpr std::size_t kWaitKinds = 6;

/// A member of one deadline queue at most.
struct DeadlineNode {
  DeadlineNode* previous = nullptr;
  DeadlineNode* next = nullptr;
  std::int64_t deadline_ms = 0;
  Wait wait = Wait::kIdle;
  [[nodiscard]] bool queued() const noexcept { return next != nullptr; }
};

/// Queues of deadlines in which setting, renewing and removing cost a few pointers. One loop's own.
class Deadlines {
 public:
  explicit Deadlines(const std::array<std::int64_t, kWaitKinds>& durations_ms) : durations_ms_(durations_ms) {
    for (DeadlineNode& head : heads_) {
      head.previous = head.next = &head;
    }
  }
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  static void remove(DeadlineNode& node) noexcept {
    if (node.queued()) {
      node.previous->next = node.next;
      node.next->previous = node.previous;
      node.previous = node.next = nullptr;
    }
  }
  /// Puts the node at the end of the kind's queue.
  void set(DeadlineNode& node, Wait wait, std::int64_t now_ms) noexcept {
    remove(node);
    DeadlineNode& head = heads_[static_cast<std::size_t>(wait)];
    node.wait = wait;
    node.deadline_ms = now_ms + durations_ms_[static_cast<std::size_t>(wait)];
    node.previous = head.previous;
    node.next = &head;
    head.previous->next = &node;
    head.previous = &node;
  }
  /// A node whose deadline has passed, removed; null when there is none.
  [[nodiscard]] DeadlineNode* pop_expired(std::int64_t now_ms) noexcept {
    for (DeadlineNode& head : heads_) {
      if (head.next != &head && head.next->deadline_ms <= now_ms) {
        DeadlineNode* const node = head.next;
        remove(*node);
        return node;
      }
    }
    return nullptr;
  }
  /// The earliest deadline; -1 when nothing waits.
  [[nodiscard]] std::int64_t earliest_ms() const noexcept {
    std::int64_t earliest = -1;
    for (const DeadlineNode& head : heads_) {
      if (head.next != &head && (earliest < 0 || head.next->deadline_ms < earliest)) {
        earliest = head.next->deadline_ms;
      }
    }
    return earliest;
  }

 private:
  std::array<std::int64_t, kWaitKinds> durations_ms_;
  std::array<DeadlineNode, kWaitKinds> heads_;
};

}  // namespace kingpost::wire
