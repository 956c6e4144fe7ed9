#pragma once

#include <cstddef>
#include <cstdint>

#include "kingpost/base/limits.hpp"
#include "kingpost/wire/chunked.hpp"
#include "kingpost/wire/message.hpp"
#include "kingpost/wire/refusal.hpp"

namespace kingpost::wire {

struct ParserLimits {
  std::size_t head_bytes = 0;
  std::size_t head_fields = 0;
  std::size_t target_bytes = 0;
  std::size_t body_bytes = 0;
};

[[nodiscard]] ParserLimits parser_limits(const Limits& limits);

/// Bytes → one request or a refusal, incrementally; knows no sockets. Every head passes our scan, Beast's parser and our check of
/// its outcome; nothing is answered that they read differently.
class Http1Parser {
 public:
  enum class Outcome : std::uint8_t { kNeedMore, kRequest, kRefused };

  explicit Http1Parser(const ParserLimits& limits) : limits_(limits) {}

  /// Goes on with the message that starts at data[0]. Call again with the same bytes (at any address) and more behind them. Writes
  /// into the message (field names become lower case, chunks are joined) and may lower `size` where it moved a part behind to the front.
  [[nodiscard]] Outcome advance(char* data, std::size_t& size);

  /// After kRequest: the request, whose views point into the data of the last call, and the bytes it takes.
  [[nodiscard]] HttpRequest& request() noexcept { return request_; }
  [[nodiscard]] std::size_t consumed() const noexcept { return raw_; }
  [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }
  [[nodiscard]] bool head_done() const noexcept { return phase_ != Phase::kHead; }
  /// A HEAD request, once its head is done: known without the views, which are stale between two calls.
  [[nodiscard]] bool is_head() const noexcept { return is_head_; }
  /// The client waits for "100 Continue" before it sends its body.
  [[nodiscard]] bool wants_continue() const noexcept { return wants_continue_; }
  void continue_sent() noexcept { wants_continue_ = false; }
  /// Ready for the next message.
  void reset() noexcept;

 private:
  enum class Phase : std::uint8_t { kHead, kLength, kChunks };
  enum class Scan : std::uint8_t { kNeedMore, kDone, kRefused };

  Outcome refuse(const Refusal& refusal);
  Scan scan_head(const char* data, std::size_t size);
  Scan scan_incomplete(std::size_t size);
  Scan end_line(const char* data, std::size_t end);
  bool check_request_line(std::string_view line);
  bool run_beast(const char* data);
  bool check_fields(char* data);
  bool check_field(HeaderField& field, char* data);
  bool check_message();
  void rebase(const char* data);

  ParserLimits limits_;
  Phase phase_ = Phase::kHead;
  bool wants_continue_ = false;
  bool chunked_ = false;
  bool is_head_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  bool root_target_ = false;
  std::size_t start_ = 0;  ///< where the request line begins (behind one tolerated empty line)
  std::size_t scan_ = 0;   ///< bytes before it are scanned
  std::size_t line_start_ = 0;
  std::size_t lines_ = 0;
  std::size_t head_end_ = 0;
  std::size_t raw_ = 0;
  std::size_t body_end_ = 0;
  std::uint64_t length_ = 0;
  std::optional<std::string_view> host_;
  std::optional<std::string_view> length_text_;
  std::optional<std::string_view> coding_;
  std::optional<std::string_view> expect_;
  const char* base_ = nullptr;
  ChunkDecoder chunks_;
  HttpRequest request_;
  Refusal refusal_;
};

}  // namespace kingpost::wire
