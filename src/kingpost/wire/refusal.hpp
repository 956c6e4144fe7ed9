#pragma once

#include <string_view>

namespace kingpost::wire {

/// Why a request is not served: the status to answer before closing, a stable code and one sentence, both constant texts.
struct Refusal {
  int status = 0;
  std::string_view code;
  std::string_view message;
};

inline constexpr Refusal kMalformed = {400, "http-malformed", "The request is not well-formed HTTP/1.1."};
inline constexpr Refusal kBadLine = {400, "http-line", "Lines must end in CR LF and hold no other control characters."};
inline constexpr Refusal kFolded = {400, "http-folded", "A header field must not continue on a second line."};
inline constexpr Refusal kBadField = {400, "http-field", "A header field is not well-formed."};
inline constexpr Refusal kRepeatedField = {400, "http-repeated", "A header field that may occur once occurs more often."};
inline constexpr Refusal kBadHost = {400, "http-host", "Exactly one valid Host field is required."};
inline constexpr Refusal kBadTarget = {400, "http-target", "The request target is not allowed for this method or host."};
inline constexpr Refusal kBadLength = {400, "http-length", "The body's length is not declared in one unambiguous way."};
inline constexpr Refusal kBadChunk = {400, "http-chunk", "The chunked body is not well-formed."};
inline constexpr Refusal kHeadTimeout = {408, "http-head-timeout", "The request's head did not arrive in time."};
inline constexpr Refusal kBodyTimeout = {408, "http-body-timeout", "The request's body did not arrive in time."};
inline constexpr Refusal kBodyTooLarge = {413, "http-body-large", "The request's body is larger than the limit body_bytes."};
inline constexpr Refusal kTargetTooLong = {414, "http-target-long", "The request target is longer than the limit target_bytes."};
inline constexpr Refusal kBadExpect = {417, "http-expect", "Only the expectation 100-continue can be met."};
inline constexpr Refusal kHeadTooLarge = {431, "http-head-large", "The request's head is larger than the limit head_bytes."};
inline constexpr Refusal kTooManyFields = {431, "http-head-fields", "The request has more header fields than the limit head_fields."};
inline constexpr Refusal kAbandoned = {500, "http-no-answer", "The request got no answer."};
inline constexpr Refusal kTooManyConnections = {503, "http-connections", "The server has as many connections as it serves."};
inline constexpr Refusal kAnswerTimeout = {504, "http-answer-timeout", "The request was not answered in time."};
inline constexpr Refusal kBadVersion = {505, "http-version", "Only HTTP/1.0 and HTTP/1.1 are spoken here."};

}  // namespace kingpost::wire
